import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppModule } from './app.js';

let app: INestApplication;
let url: string;

beforeAll(async () => {
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = testing.createNestApplication();
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

test('Jest takes the CommonJS build', () => {
  expect(require.resolve('nestjs-secure-cookie')).toMatch(/[/\\]dist[/\\]cjs[/\\]index\.js$/);
});

test('a cookie that was set is accepted, and no other', async () => {
  const login = await fetch(`${url}/login`, { method: 'POST' });
  const [cookie = ''] = login.headers.getSetCookie();

  const known = await fetch(`${url}/me`, { headers: { cookie } });
  const stranger = await fetch(`${url}/me`);

  expect(await known.text()).toBe('alice');
  expect(stranger.status).toBe(401);
});
