import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppModule } from './app.module';

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

test('the second visit is counted, and a forged one is not', async () => {
  const first = await fetch(url);
  const [cookie = ''] = first.headers.getSetCookie();

  const second = await fetch(url, { headers: { cookie } });
  const forged = await fetch(url, { headers: { cookie: cookie.replace('MQ==', 'OQ==') } });

  expect(await first.text()).toBe('Visit 1');
  expect(await second.text()).toBe('Visit 2');
  expect(await forged.text()).toBe('Visit 1');
});
