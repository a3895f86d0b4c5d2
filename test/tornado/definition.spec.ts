import { isUtf8 } from 'node:buffer';
import { afterAll, expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieSigner } from 'nestjs-secure-cookie';
import { CookieMint } from '../../lib/testing/index.js';
import { TornadoOracle } from '../fuzz/tornado-oracle.js';
import { framed, readHeader } from '../support/defined-cookies.js';
import { SECRET } from '../support/secrets.js';
import { describeWithTornado } from './tornado.js';

const NOW = 1_300_000_000;
const clock = (): number => NOW;
const mint = new CookieMint({ secret: SECRET, clock });
const signer = new SecureCookieSigner({ secret: SECRET, clock });

describeWithTornado('Tornado and a defined cookie', () => {
  const oracle = new TornadoOracle();
  const secrets = { 0: Buffer.from(SECRET).toString('base64') };

  afterAll(() => oracle.close());

  const read = async (name: string, header: string): Promise<Buffer> => {
    const [answer] = await oracle.decode([
      ['decode', secrets, name, header.slice(name.length + 1), 31, NOW, 2],
    ]);
    if (answer === undefined || answer === null || !('value' in answer)) {
      throw new Error('Tornado refuses it.');
    }
    return Buffer.from(answer.value, 'base64');
  };

  it('reads text and JSON of a definition without renewal as they are', async () => {
    const Text = defineSecureCookie('user');
    const Json = defineSecureCookie('cart', { codec: 'json' });

    expect((await read('user', mint.valid(Text, 'Zoë'))).toString()).toBe('Zoë');
    expect((await read('cart', mint.valid(Json, { items: [] }))).toString()).toBe('{"items":[]}');
  });

  it('verifies a cookie with the date of its first issue, and sees bytes that are no text', async () => {
    const Renewed = defineSecureCookie('user', { renewAfter: 60, absoluteMaxAge: 3600 });
    const bytes = await read('user', mint.valid(Renewed, 'alice'));

    expect(bytes).toEqual(Buffer.from(framed('alice', NOW)));
    expect(isUtf8(bytes)).toBe(false);
  });

  it('writes what a definition reads, with renewal and without', async () => {
    const [answer] = await oracle.create([['create', secrets[0], null, 'user', 'alice', 2, NOW]]);
    const header = `user=${answer !== undefined && 'signed' in answer ? answer.signed : ''}`;
    const definitions = [
      defineSecureCookie('user'),
      defineSecureCookie('user', { renewAfter: 60, absoluteMaxAge: 3600 }),
    ];

    expect(definitions.map((definition) => readHeader(definition, header, signer))).toMatchObject([
      { valid: true, value: 'alice', issuedAt: NOW },
      { valid: true, value: 'alice', issuedAt: NOW },
    ]);
  });
});
