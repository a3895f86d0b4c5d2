import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieSigner, tornadoV1 } from 'nestjs-secure-cookie';
import { readHeader } from '../support/defined-cookies.js';
import { resignV1 } from '../support/resign.js';
import { SECRET, TORNADO_TEST_SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;
const HOUR = 3600;
const until = new Date('2100-01-01');

const User = defineSecureCookie('user', {
  maxAge: HOUR,
  accepts: [tornadoV1({ secret: TORNADO_TEST_SECRET, until })],
});

const signer = new SecureCookieSigner({ secret: SECRET, clock: () => NOW + 0.5 });

const v1 = (parts: Parameters<typeof resignV1>[0] = {}, secret = TORNADO_TEST_SECRET): string =>
  `user=${resignV1({ name: 'user', ...parts }, secret)}`;

describe('a cookie that Tornado signed in format 1, with a secret of its own', () => {
  it('is read, with its date, however weak that secret is', () => {
    expect(readHeader(User, v1(), signer)).toEqual({
      valid: true,
      value: 'value',
      issuedAt: NOW,
      current: false,
      bound: false,
    });
  });

  it.each([
    ['at the end of the definition’s maxAge', -HOUR + 1, 'valid'],
    ['a second later', -HOUR, 'malformed'],
    ['in the future, at the tolerance', 300, 'valid'],
    ['a second beyond', 301, 'malformed'],
  ])('%s', (_what, offset, expected) => {
    const result = readHeader(User, v1({ timestamp: String(NOW + offset) }), signer);

    expect(result.valid ? 'valid' : 'not read').toBe(expected === 'valid' ? 'valid' : 'not read');
  });

  it.each([
    ['the signer’s secret', v1({}, SECRET)],
    ['another name', v1({ name: 'nickname' })],
    ['a changed value', v1().replace('dmFsdWU=', 'dmFsdWF=')],
    ['base64 that is not canonical', v1({ base64: 'dmFsdWV=' })],
    ['a date of other digits', v1({ timestamp: '01300000000' })],
    ['text that is no UTF-8', v1({ base64: '/w==' })],
    [
      'format 2 and the old secret',
      `user=${new SecureCookieSigner({
        secret: TORNADO_TEST_SECRET,
        allowWeakSecrets: true,
        clock: () => NOW,
      }).sign('user', 'value')}`,
    ],
  ])('is not read with %s', (_what, header) => {
    expect(readHeader(User, header, signer).valid).toBe(false);
  });

  it('is read where the signer’s own minVersion is 1, and only with its own secret', () => {
    const lax = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => NOW });

    expect(readHeader(User, v1(), lax)).toMatchObject({ value: 'value', current: false });
    expect(readHeader(User, v1({}, SECRET), lax)).toMatchObject({ version: 1, value: 'value' });
    expect(readHeader(User, v1({}, 'a third secret'), lax).valid).toBe(false);
  });
});

describe('tornadoV1', () => {
  it.each([undefined, null, ''])('refuses %p as a secret', (secret) => {
    expect(thrownBy(() => tornadoV1({ secret: secret as never, until }))).toMatchObject({
      code: 'secret-missing',
    });
  });

  it('refuses a secret that is neither text nor bytes', () => {
    expect(thrownBy(() => tornadoV1({ secret: 7 as never, until }))).toMatchObject({
      code: 'option',
    });
  });

  it.each([undefined, new Date('soon'), '2100-01-01', 4_102_444_800_000])(
    'refuses %p as its end',
    (end) => {
      expect(thrownBy(() => tornadoV1({ secret: SECRET, until: end as never }))).toMatchObject({
        code: 'option',
        message: expect.stringContaining('"until"'),
      });
    },
  );

  it('does not show its secrets where it is printed', () => {
    expect(
      inspect(tornadoV1({ secret: SECRET, until: until }), { depth: 9, showHidden: true }),
    ).not.toContain('secrets:');
  });

  it('says that it binds the name, so that it needs no schema, and is frozen', () => {
    const format = tornadoV1({ secret: TORNADO_TEST_SECRET, until });

    expect(format).toMatchObject({ bindsName: true, until });
    expect(format.secrets).toEqual([new TextEncoder().encode(TORNADO_TEST_SECRET)]);
    expect(Object.isFrozen(format)).toBe(true);
  });
});
