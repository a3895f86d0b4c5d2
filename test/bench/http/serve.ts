/** A process that serves one app on one platform: `serve.ts <platform> <app>`. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { platforms } from '../../support/platforms.js';
import { SECRET } from '../typical-cookie.js';
import { APPS, type AppName } from './apps.js';

const [, , wantedPlatform, wantedApp] = process.argv;
const found = platforms.find(({ platform }) => platform === wantedPlatform);
if (found === undefined || !isAppName(wantedApp)) {
  throw new Error(`There is no app ${wantedApp} on ${wantedPlatform}.`);
}

// Ctrl-C reaches all processes of the bench; this one ends when it is told to.
process.on('SIGINT', () => undefined);

const app = await NestFactory.create(APPS[wantedApp], found.adapter(), {
  logger: false,
  cookies: { secret: SECRET },
});
await app.listen(0, '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);

function isAppName(name: string | undefined): name is AppName {
  return name !== undefined && Object.hasOwn(APPS, name);
}
