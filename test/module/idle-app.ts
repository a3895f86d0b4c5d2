import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { SecureCookieModule } from 'nestjs-secure-cookie';
import { SECRET } from '../support/secrets.js';

// A standalone app that has nothing to do any more, and is not closed. How its loads go is the first
// argument: the first one fails, the second one hangs, or all succeed.

let loads = 0;

async function load(): Promise<{ secret: string }> {
  loads += 1;
  if (process.argv[2] === 'fails') {
    // Its error quotes what it was given.
    JSON.parse(`${SECRET} is no JSON`);
  }
  if (loads > 1 && process.argv[2] === 'hangs') {
    console.log('hanging');
    await new Promise(() => undefined);
  }
  return { secret: SECRET };
}

await NestFactory.createApplicationContext(
  SecureCookieModule.forRoot({ keys: { load, refreshEvery: 0.05, maxStale: 60 } }),
  { logger: ['error'] },
);
console.log('started');
if (process.argv[2] === 'hangs') {
  // Until the second load is under way.
  setTimeout(() => console.log('ended'), 300);
}
