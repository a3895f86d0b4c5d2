import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { SecureCookieJar } from '../../lib/jar/secure-cookie-jar.js';
import type { SecureCookieAttributes } from '../../lib/http/set-cookie.js';
import { SecureCookieSigner, signedLength } from '../../lib/signing/secure-cookie-signer.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { overPlainHttp } from '../support/set-cookie.js';

/** Sun, 13 Mar 2011 07:06:40 GMT */
const NOW = 1_300_000_000;
const HOUR = 3600;

const signer = new SecureCookieSigner({ secret: SECRET, maxAge: 30 * 86_400, clock: () => NOW });

interface Exchange {
  readonly jar: SecureCookieJar;
  readonly response: ServerResponse;
  /** Sends the head, and gives the `Set-Cookie` headers it has. */
  readonly send: () => readonly string[];
}

function exchange(cookie?: string, defaults: SecureCookieAttributes = {}): Exchange {
  const request = new IncomingMessage(new Socket());
  if (cookie !== undefined) {
    request.headers.cookie = cookie;
  }
  const response = new ServerResponse(request);
  const jar = new SecureCookieJar({
    signer,
    cookie: defaults,
    request,
    response,
    isSecureConnection: overPlainHttp,
    logger: new RecordedLog(),
  });
  return { jar, response, send: () => setCookies(response.writeHead(200)) };
}

function setCookies(response: ServerResponse): readonly string[] {
  const header = response.getHeader('set-cookie') ?? [];
  return Array.isArray(header) ? header : [String(header)];
}

/** A name that makes name and signed value 4,096 bytes: it counts in both. */
function nameThatFills(value: string): string {
  let name = 'n';
  while (name.length + signedLength(signer, name, value, false, NOW) < 4096) {
    name += 'n';
  }
  return name;
}

const ATTRIBUTES =
  'Max-Age=2592000; Path=/; Expires=Tue, 12 Apr 2011 07:06:40 GMT; HttpOnly; SameSite=Lax';
const DELETED = 'Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax';

describe('what a jar sets', () => {
  it('is on the response, signed, with the default attributes', () => {
    const { jar, send } = exchange();

    jar.set('user', 'alice');

    expect(send()).toEqual([`user=${signer.sign('user', 'alice')}; ${ATTRIBUTES}`]);
  });

  it('is seen by the next request, and not by this one', () => {
    const { jar } = exchange(`user=${signer.sign('user', 'alice')}`);

    jar.set('user', 'bob');
    jar.clear('user');

    expect(jar.get('user')).toBe('alice');
  });

  it('is not changed by what happens to the bytes afterwards', () => {
    const { jar, send } = exchange();
    const bytes = Uint8Array.of(1, 2, 3);

    jar.set('bytes', bytes);
    bytes.fill(0);

    expect(send()).toEqual([
      `bytes=${signer.sign('bytes', Uint8Array.of(1, 2, 3))}; ${ATTRIBUTES}`,
    ]);
  });

  it('once for each name, domain, path and partitioning; the last call counts, and their order', () => {
    const { jar, send } = exchange();

    jar.set('user', 'first');
    jar.set('user', 'of the shop', { path: '/shop' });
    jar.set('user', 'of the domain', { domain: 'example.com' });
    jar.set('user', 'in a frame', { partitioned: true });
    jar.clear('user');
    jar.set('role', 'admin');
    jar.set('user', 'last');
    const values = send().map((header) => header.split('; ')[0]);

    expect(values).toEqual([
      `user=${signer.sign('user', 'of the shop')}`,
      `user=${signer.sign('user', 'of the domain')}`,
      `user=${signer.sign('user', 'in a frame')}`,
      `role=${signer.sign('role', 'admin')}`,
      `user=${signer.sign('user', 'last')}`,
    ]);
  });

  it('stands behind the Set-Cookie headers of others', () => {
    const { jar, response, send } = exchange();
    response.setHeader('Set-Cookie', 'other=1');

    jar.set('user', 'alice');

    expect(send().map((header) => header.slice(0, 5))).toEqual(['other', 'user=']);
  });

  it.each([
    [undefined, 'private'],
    ['public, max-age=60', 'max-age=60, private'],
  ])('is kept from shared caches where the app says %s', (given, sent) => {
    const { jar, response, send } = exchange();
    if (given !== undefined) {
      response.setHeader('Cache-Control', given);
    }

    jar.set('user', 'alice');
    send();

    expect(response.getHeader('cache-control')).toBe(sent);
  });

  it("may live in the browser as long as on the server, and not a second longer: 'attribute'", () => {
    const { jar, send } = exchange();

    jar.set('user', 'alice', { maxAge: signer.maxAge });
    expect(() => jar.set('user', 'bob', { maxAge: signer.maxAge + 1 })).toThrow(
      expect.objectContaining({ code: 'attribute', message: expect.stringContaining('"maxAge"') }),
    );

    expect(send()).toEqual([`user=${signer.sign('user', 'alice')}; ${ATTRIBUTES}`]);
  });
});

describe('what a jar clears', () => {
  it('is deleted, with the attributes of the call and the app', () => {
    const { jar, send } = exchange(undefined, { sameSite: 'strict' });

    jar.clear('user');
    jar.clear('cart', { path: '/shop', maxAge: HOUR });
    jar.clear('__Host-id');

    expect(send()).toEqual([
      `user=; ${DELETED.replace('Lax', 'Strict')}`,
      `cart=; ${DELETED.replace('Lax', 'Strict').replace('Path=/', 'Path=/shop')}`,
      `__Host-id=; ${DELETED.replace('HttpOnly', 'HttpOnly; Secure').replace('Lax', 'Strict')}`,
    ]);
  });
});

describe('a mistake is an exception where it was made, and the response is as it was', () => {
  it.each<[string, (jar: SecureCookieJar) => void]>([
    ['name', (jar) => jar.set('a b', 'x')],
    ['name', (jar) => jar.set('path', 'x')],
    ['name', (jar) => jar.clear('a;b')],
    ['value', (jar) => jar.set('user', 1 as never)],
    ['value', (jar) => jar.set('user', '\ud800')],
    ['attribute', (jar) => jar.set('user', 'x', { path: '/a;b' })],
    ['attribute', (jar) => jar.set('__Host-user', 'x', { domain: 'example.com' })],
    ['attribute', (jar) => jar.set('user', 'x', { sameSite: 'none', secure: false })],
    ['attribute', (jar) => jar.set('user', 'x', { maxage: 1 } as never)],
    ['attribute', (jar) => jar.clear('user', { domain: 'a b' })],
    ['cookie-too-large', (jar) => jar.set('user', 'x'.repeat(3000))],
  ])('%s', (code, mistake) => {
    const { jar, response, send } = exchange();

    expect(() => mistake(jar)).toThrow(expect.objectContaining({ code }));
    expect(send()).toEqual([]);
    expect(response.getHeaders()).toEqual({});
  });

  it('name and value may have 4,096 bytes together, and not one more', () => {
    const { jar, send } = exchange();
    const value = 'x'.repeat(2900);
    const name = nameThatFills(value);

    jar.set(name, value);

    const [header = ''] = send();
    expect(header.split('; ')[0]).toHaveLength(4096 + '='.length);
    expect(() => exchange().jar.set(`${name}n`, value)).toThrow(
      expect.objectContaining({ code: 'cookie-too-large' }),
    );
  });

  it("setting and clearing after the head: 'headers-sent'", () => {
    const { jar, send } = exchange();

    send();

    for (const late of [() => jar.set('user', 'x'), () => jar.clear('user')]) {
      expect(late).toThrow(expect.objectContaining({ code: 'headers-sent' }));
    }
  });
});
