import { hkdfSync, randomBytes } from 'node:crypto';
import { serialize } from 'node:v8';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner, signedLength } from '../../lib/signing/secure-cookie-signer.js';
import { thrownBy } from '../support/thrown-by.js';

/** No text that a library could hold by chance. */
const SECRET = randomBytes(33).toString('base64url');

/** What a secret looks like where it leaks: itself, the keys made of it, and their encodings. */
const traces = [
  Buffer.from(SECRET),
  Buffer.from(hkdfSync('sha256', SECRET, '', 'nestjs-secure-cookie/xaes-256-gcm/v1', 32)),
  Buffer.from(SECRET).map((byte) => byte ^ 0x36),
  Buffer.from(SECRET).map((byte) => byte ^ 0x5c),
].flatMap((bytes) => [
  bytes.toString('latin1'),
  bytes.toString('hex'),
  bytes.toString('hex').match(/../g)?.join(' ') ?? '',
  bytes.toString('base64'),
  Array.from(bytes).join(','),
  Array.from(bytes).join(', '),
]);

const tracesIn = (text: string): string[] => traces.filter((trace) => text.includes(trace));

describe('a signer shows no secret', () => {
  const signer = new SecureCookieSigner({ secret: { 3: SECRET }, keyVersion: 3 });
  signer.verify('key', signer.sign('key', 'value'));
  signer.verify('key', signer.sign('key', 'value', { encrypt: true }), { encrypted: true });

  it.each([
    [
      'inspected to any depth',
      inspect(signer, {
        depth: Infinity,
        showHidden: true,
        maxArrayLength: null,
        maxStringLength: null,
        getters: true,
      }),
    ],
    [
      'inspected within its prototype',
      inspect(signer, { customInspect: false, showProxy: true, depth: Infinity }),
    ],
    ['as JSON', JSON.stringify({ signer })],
    ['as text', String(signer as unknown)],
    ['as keys and values', Object.entries(signer).flat().map(String).join('\n')],
    ['spread', inspect(Object.assign({}, signer), { depth: Infinity, showHidden: true })],
    ['cloned', inspect(structuredClone(signer), { depth: Infinity, showHidden: true })],
    ['serialized', serialize(signer).toString('latin1')],
  ])('%s', (_, shown) => {
    expect(shown).not.toBe('');
    expect(tracesIn(shown)).toEqual([]);
  });

  it('and the traces looked for are found where there is one', () => {
    expect(tracesIn(inspect({ secret: SECRET }))).toHaveLength(1);
    expect(tracesIn(serialize({ secret: Buffer.from(SECRET) }).toString('latin1'))).toHaveLength(1);
  });
});

describe('errors hold no secret', () => {
  const short = SECRET.slice(0, 16);
  it.each([
    ['a weak one', { secret: short }],
    ['a weak one in a record', { secret: { 0: short }, keyVersion: 0 }],
    ['one in an array', { secret: [SECRET] }],
    ['one that is ill-formed', { secret: `${SECRET}\ud800` }],
    ['one given as the key version', { secret: { 0: SECRET }, keyVersion: SECRET }],
    ['one beside a key version that is not there', { secret: { 0: SECRET }, keyVersion: 1 }],
    ['a record written the wrong way round', { secret: { [SECRET]: 1 }, keyVersion: 1 }],
    ['one with a bad option', { secret: SECRET, maxAge: -1 }],
    ['one given as an option', { secret: SECRET, maxAge: SECRET }],
  ])('%s', (_, options) => {
    const error = thrownBy(() => new SecureCookieSigner(options as never));

    expect(error.name).toBe('SecureCookieError');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(short);
  });
});

describe('errors hold no value', () => {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const value = 'a value that nobody should log';

  it.each([
    ['too long', () => signer.sign('key', value.repeat(600))],
    ['too long to be measured', () => signedLength(signer, 'key', value.repeat(600), false, 0)],
    ['ill-formed', () => signer.sign('key', `${value}\ud800`)],
    ['not text', () => signer.sign('key', [value] as never)],
    ['of a bad name', () => signer.sign('a b', value)],
    ['of a bad format', () => signer.sign('key', value, { version: 3 } as never)],
  ])('%s', (_, call) => {
    const error = thrownBy(call);

    expect(error.name).toBe('SecureCookieError');
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(value);
  });
});

describe('returned bytes own their memory', () => {
  const signer = new SecureCookieSigner({ secret: SECRET });

  it.each([0, 1, 5, 100, 3000, 5000, 12_000])('%i of them, and nothing else is in it', (length) => {
    const value = randomBytes(length);
    const read = signer.unsign('key', signer.sign('key', value), { encoding: 'bytes' });

    expect(read).toEqual(new Uint8Array(value));
    expect(read?.constructor).toBe(Uint8Array);
    expect(read?.byteOffset).toBe(0);
    expect(read?.buffer.byteLength).toBe(length);
  });

  it('two reads of one value share none', () => {
    const signed = signer.sign('key', Uint8Array.of(1, 2, 3));
    const first = signer.unsign('key', signed, { encoding: 'bytes' });
    first?.fill(0);

    expect(signer.unsign('key', signed, { encoding: 'bytes' })).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('nor do two of one encrypted value, nor the value and what was read', () => {
    const value = Buffer.alloc(1000, 7);
    const signed = signer.sign('key', value, { encrypt: true });
    value.fill(0);
    const read = () => signer.unsign('key', signed, { encoding: 'bytes', encrypted: true });
    const first = read();
    first?.fill(0);

    expect(read()).toEqual(new Uint8Array(1000).fill(7));
    expect(read()?.buffer.byteLength).toBe(1000);
  });

  it('a value that is signed out of a larger buffer takes nothing beside it', () => {
    const larger = Buffer.from(`secret before|value|secret behind`);
    const signed = signer.sign('key', larger.subarray(14, 19));

    expect(signer.unsign('key', signed)).toBe('value');
  });
});
