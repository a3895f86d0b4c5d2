import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SecureCookieService } from 'nestjs-secure-cookie';
import { ExitsModule } from '../support/exits/exits.module.js';
import { exits } from '../support/exits/exits.js';
import { expectExit } from '../support/exits/expect-exit.js';
import { IdleService } from '../support/exits/idle-service.js';
import { addOtherParties } from '../support/exits/other-parties.js';
import { servers } from '../support/exits/servers.js';
import type { RunningApp } from '../support/platforms.js';
import { startTestingApp } from '../support/testing-app.js';

describe.each(servers)('a cookie that is set arrives, on $server:', (server) => {
  let app: RunningApp;
  let appWithout: RunningApp;

  beforeAll(async () => {
    const metadata = { imports: [ExitsModule] };
    app = await startTestingApp(server, metadata, undefined, addOtherParties);
    appWithout = await startTestingApp(
      server,
      metadata,
      (builder) => builder.overrideProvider(SecureCookieService).useClass(IdleService),
      addOtherParties,
    );
  });
  afterAll(() => Promise.all([app.close(), appWithout.close()]));

  const own = exits.filter(({ only }) => only === undefined || only === server.platform);

  it.each(own)('$exit', async (exit) => {
    expectExit(exit, await server.send(app.url, exit), await server.send(appWithout.url, exit));
  });
});
