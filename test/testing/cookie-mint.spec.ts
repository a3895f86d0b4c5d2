import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieSigner } from '../../lib/index.js';
import { CookieMint } from '../../lib/testing/index.js';
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
});
