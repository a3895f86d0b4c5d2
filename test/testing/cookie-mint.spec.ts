import { describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  memoryRevocations,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieSigner,
  type SecureCookieDefinition,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { CookieMint } from '../../lib/testing/index.js';
import { readHeader } from '../support/defined-cookies.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const clock = (): number => 1_300_000_000.5;
const keys = { secret: { 1: OTHER_SECRET, 2: SECRET }, keyVersion: 2 } as const;
const mint = new CookieMint({ ...keys, clock });
const signer = new SecureCookieSigner({ ...keys, clock });
const Cart = defineSecureCookie('cart', { codec: 'json', encrypt: true, maxAge: 60 });

function valueOf(header: string): string {
  return header.slice(header.indexOf('=') + 1);
}

const dateOf = (header: string): number => Number(header.split('|')[2]?.split(':')[1]);

describe('a minted cookie', () => {
  it.each([
    ['expired', mint.expired('user', 'alice'), 'expired'],
    ['not yet valid', mint.notYetValid('user', 'alice'), 'future'],
    ['tampered', mint.tampered('user', 'alice'), 'signature'],
    ['renamed', mint.renamed('user', 'nickname', 'alice'), 'name'],
  ])('that is %s is refused for that reason', (_kind, header, reason) => {
    expect(header).toMatch(/^user=2\|/);
    expect(signer.verify('user', valueOf(header))).toEqual({ valid: false, reason });
  });

  it('that is valid is accepted', () => {
    expect(signer.unsign('user', valueOf(mint.valid('user', 'alice')))).toBe('alice');
  });

  it('that is revoked is refused for that, by a mark of one of its keys alone', async () => {
    const Session = defineSecureCookie('session', { revocableBy: (user) => [user, 'everybody'] });
    const settings = { source: memoryRevocations(), refreshEvery: 2, maxStale: 10 };
    const revocations = new SecureCookieRevocations(signer, settings);
    await revocations.start();
    const read = (header: string): unknown => {
      const result = new SecureCookieReader(signer, header, { revocations }).verify(Session);
      return result.valid ? result.value : result.reason;
    };
    const revoked = mint.revoked(revocations, Session, 'alice');
    revocations.stop();

    expect(read(revoked)).toBe('revoked');
    expect(read(mint.valid(Session, 'alice'))).toBe('alice');
    expect(read(mint.valid(Session, 'bob'))).toBe('bob');
    const Keyless = defineSecureCookie('keyless', { revocableBy: () => [] });
    expect(thrownBy(() => mint.revoked(revocations, Keyless, 'alice'))).toMatchObject({
      code: 'value',
    });
  });

  it('of an old key is accepted, and not current', () => {
    expect(signer.verify('user', valueOf(mint.oldKey('user', 'alice')))).toMatchObject({
      valid: true,
      value: 'alice',
      keyVersion: 1,
      current: false,
    });
  });

  it('of an old key needs a record', () => {
    const single = new CookieMint({ secret: SECRET });

    expect(thrownBy(() => single.oldKey('user', 'alice'))).toMatchObject({ code: 'key-version' });
  });

  it('of a definition is encoded and encrypted as its own', () => {
    const read = { encrypted: true } as const;

    expect(signer.unsign('cart', valueOf(mint.valid(Cart, { items: [] })), read)).toBe(
      '{"items":[]}',
    );
    expect(signer.verify('cart', valueOf(mint.expired(Cart, 1)), { ...read, maxAge: 60 })).toEqual({
      valid: false,
      reason: 'expired',
    });
  });

  it('carries bytes as well as text', () => {
    const bytes = Uint8Array.of(0xff, 0, 1);

    expect(
      signer.unsign('user', valueOf(mint.valid('user', bytes)), { encoding: 'bytes' }),
    ).toEqual(bytes);
  });

  it('is as old as it can be, and a second more', () => {
    const hour = new CookieMint({ ...keys, clock, maxAge: 3600 });

    expect(dateOf(hour.expired('user', 'alice'))).toBe(1_300_000_000 - 3601);
    expect(dateOf(hour.expired(Cart, 1))).toBe(1_300_000_000 - 61);
    expect(dateOf(hour.expired(defineSecureCookie('tab', { maxAge: null }), 'one'))).toBe(
      1_300_000_000 - 3601,
    );
  });

  it('that an app could not set is refused as there', () => {
    const Size = defineSecureCookie('size', { schema: z.enum(['small', 'large']) });

    expect(thrownBy(() => mint.valid(Size, 'huge' as never))).toMatchObject({ code: 'value' });
    expect(thrownBy(() => mint.valid('a b', 'value'))).toMatchObject({ code: 'name' });
    expect(thrownBy(() => new CookieMint({ secret: 'short' }))).toMatchObject({
      code: 'secret-weak',
    });
  });
});

describe.each<[string, SecureCookieDefinition<string, string>]>([
  ['plain', defineSecureCookie('user')],
  ['encrypted', defineSecureCookie('user', { encrypt: true })],
  ['dated', defineSecureCookie('user', { renewAfter: 60, absoluteMaxAge: 3600 })],
  ['encrypted, dated', defineSecureCookie('user', { encrypt: true, absoluteMaxAge: 3600 })],
  ['short-lived', defineSecureCookie('user', { maxAge: 60 })],
  ['validated', defineSecureCookie('user', { schema: z.string().max(5) })],
])('a minted cookie of a definition, %s,', (_kind, User) => {
  it.each([
    ['expired', mint.expired(User, 'alice'), 'expired'],
    ['not yet valid', mint.notYetValid(User, 'alice'), 'future'],
    ['tampered', mint.tampered(User, 'alice'), 'signature'],
    ['renamed', mint.renamed('user', 'nickname', 'alice'), 'name'],
  ])('that is %s is refused for that reason', (_fault, header, reason) => {
    expect(readHeader(User, header, signer)).toEqual({ valid: false, reason });
  });

  it('that is valid, or of an old key, is accepted', () => {
    expect(readHeader(User, mint.valid(User, 'alice'), signer)).toMatchObject({
      value: 'alice',
      current: true,
    });
    expect(readHeader(User, mint.oldKey(User, 'alice'), signer)).toMatchObject({
      value: 'alice',
      current: false,
      keyVersion: 1,
    });
  });
});
