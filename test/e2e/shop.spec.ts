import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CookieJar } from 'tough-cookie';
import { Cart } from '../../sample/shop/cart.js';
import { PUBLISHED_SECRET } from '../../sample/published-secret.js';
import { CookieMint } from '../../lib/testing/index.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';

const mint = new CookieMint({ secret: PUBLISHED_SECRET, allowWeakSecrets: true });

describe.each(platforms)('the shop of the sample on $platform', (platform) => {
  let sample: RunningApp;

  beforeAll(async () => {
    sample = await startApp(platform, SampleWithoutAccount);
  });
  afterAll(() => sample.close());

  const cartUrl = (): string => `${sample.url}/shop/cart`;

  it('keeps a cart in the browser, hidden, and empties it', async () => {
    const browser = new CookieJar();
    const visit = async (method: string, url: string): Promise<Response> => {
      const cookie = await browser.getCookieString(url);
      const response = await fetch(url, { method, headers: { cookie } });
      for (const header of response.headers.getSetCookie()) {
        await browser.setCookie(header, url);
      }
      return response;
    };

    await visit('POST', `${cartUrl()}/apple`);
    await visit('POST', `${cartUrl()}/pear`);
    const filled = await visit('POST', `${cartUrl()}/apple`);
    const [cookie] = await browser.getCookies(cartUrl());

    expect(await filled.json()).toEqual({
      items: [
        { article: 'pear', count: 1 },
        { article: 'apple', count: 2 },
      ],
    });
    expect(cookie?.path).toBe('/shop');
    expect(Buffer.from(cookie?.value.split('|')[4]?.split(':')[1] ?? '', 'base64')[0]).toBe(0xff);

    await visit('DELETE', cartUrl());
    expect(await browser.getCookies(cartUrl())).toEqual([]);
    expect(await (await visit('GET', cartUrl())).json()).toEqual({ items: [] });
  });

  it.each([
    ['expired', mint.expired(Cart, { items: [{ article: 'apple', count: 1 }] })],
    ['tampered', mint.tampered(Cart, { items: [{ article: 'apple', count: 1 }] })],
    ['not encrypted', mint.valid('cart', '{"items":[{"article":"apple","count":1}]}')],
  ])('shows an empty cart for one that is %s', async (_fault, cookie) => {
    const response = await fetch(cartUrl(), { headers: { cookie } });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ items: [] });
  });

  it('answers 400 for more than a cookie holds', async () => {
    const items = Array.from({ length: 20 }, (_, index) => ({ article: `a${index}`, count: 1 }));
    const response = await fetch(`${cartUrl()}/apple`, {
      method: 'POST',
      headers: { cookie: mint.valid(Cart, { items }) },
    });

    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
