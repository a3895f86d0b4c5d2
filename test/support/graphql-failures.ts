import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphqlSetting } from './graphql-apps.js';
import { sendGraphql } from './graphql-client.js';
import { sessionApp } from './graphql-session.js';
import { startApp, type RunningApp } from './platforms.js';
import { RecordedLog } from './recorded-log.js';
import { cookieHeader } from './signed-cookies.js';

/** What clients of GraphQL are told when something fails, with each driver. */
export function describeGraphqlFailures(settings: readonly GraphqlSetting[]): void {
  describe.each(settings)('failures: $driver', ({ platform, graphql }) => {
    const log = new RecordedLog();
    let running: RunningApp;

    beforeAll(async () => {
      running = await startApp(platform, sessionApp(graphql), (app) => app.useLogger(log));
    });
    afterAll(() => running.close());
    beforeEach(() => {
      log.lines.length = 0;
    });

    it.each([
      ['by a jar', 'mutation { misuse }', 'attribute: The cookie attribute "path" must be a path'],
      ['by a parameter', '{ misused }', 'schema-async: The schema of the cookie "misused"'],
      ['by the guard', '{ misusedByGuard }', 'schema-async: The schema of the cookie "misused"'],
      ['on a field', '{ account { misuse } }', 'schema-async: The schema of the cookie "misused"'],
    ])(
      'misuse %s: the advice is logged, and clients are told what those of HTTP are',
      async (_where, operation, advice) => {
        const cookie = cookieHeader('misused', '"yes"');
        const { errors, text, setCookies } = await sendGraphql(running.url, operation, cookie);

        expect(errors).toMatchObject([{ message: 'Internal server error' }]);
        expect(text).not.toMatch(/attribute|schema/);
        expect(setCookies).toEqual([]);
        expect(log.lines).toContainEqual(expect.stringContaining(`error: ${advice}`));
      },
    );

    it.each(['{ required }', '{ guarded }', '{ account { secret } }'])(
      '%s: a missing cookie is UNAUTHENTICATED, and nothing that is logged',
      async (query) => {
        const { status, errors } = await sendGraphql(running.url, query);

        expect(status).toBe(200);
        expect(errors).toMatchObject([
          { message: 'Unauthorized', extensions: { code: 'UNAUTHENTICATED' } },
        ]);
        expect(log.lines).toEqual([]);
      },
    );
  });
}
