import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { encrypted } from '../support/encrypt.js';
import { resignV1, resignV2Fields } from '../support/resign.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;
const OLD = '1290000000';
const FUTURE = '1310000000';
const NOT_BASE64 = 'dmFsdWU';
const NOT_TEXT = Buffer.of(0xe9).toString('base64');
const ENCRYPTED_NOT_TEXT = encrypted(
  Buffer.of(0xe9),
  '2|1:0|10:1300000000|3:key|',
  SECRET,
).toString('base64');

const single = new SecureCookieSigner({ secret: SECRET, clock: () => CLOCK });
const ring = new SecureCookieSigner({
  secret: { 1: SECRET },
  keyVersion: 1,
  clock: () => CLOCK,
});

const withoutSignature = (signed: string): string => signed.slice(0, -64);
const withBadSignature = (signed: string): string => `${withoutSignature(signed)}${'0'.repeat(64)}`;

const withSignatureInUpperCase = (signed: string): string =>
  withoutSignature(signed) + signed.slice(-64).toUpperCase();

/** In the order of the checks. Each has the fault that its reason names, and often later ones. */
const cases: readonly (readonly [
  fault: string,
  reason: string,
  signer: SecureCookieSigner,
  signed: unknown,
])[] = [
  ['undefined', 'missing', single, undefined],
  ['empty', 'missing', single, ''],

  ['too long by one character', 'too-large', single, 'x'.repeat(16_385)],
  ['too long and beyond ASCII', 'too-large', single, 'é'.repeat(16_385)],
  [
    'too long, though authentic',
    'too-large',
    single,
    resignV2Fields({ base64: 'AAAA'.repeat(4096) }, SECRET),
  ],

  ['null', 'malformed', single, null],
  ['a number', 'malformed', single, 2],
  ['an array of an authentic value', 'malformed', single, [resignV2Fields({}, SECRET)]],
  ['bytes of an authentic value', 'malformed', single, Buffer.from(resignV2Fields({}, SECRET))],
  [
    'an object that prints as one',
    'malformed',
    single,
    { toString: () => resignV2Fields({}, SECRET) },
  ],
  ['the longest, of another format, beyond ASCII', 'malformed', single, `3|${'é'.repeat(16_382)}`],
  ['a space, in another format', 'malformed', single, '3| '],
  [
    'a null character behind an authentic value',
    'malformed',
    single,
    `${resignV2Fields({}, SECRET)}\0`,
  ],

  ['another format, and nothing else', 'version', single, '3|'],
  ['another format, too long for none', 'version', single, `3|${'x'.repeat(16_382)}`],
  [
    'format 1, old, with a bad signature',
    'version',
    single,
    `${NOT_BASE64}|${OLD}|${'0'.repeat(40)}`,
  ],
  ['format 1, authentic', 'version', single, resignV1({}, SECRET)],
  ['format 1 where a record has no key for it', 'version', ring, resignV1({}, SECRET)],

  ['no format at all', 'malformed', single, 'value'],
  ['format 2 with nothing behind it', 'malformed', single, '2|'],
  ['bad fields of an unknown key', 'malformed', ring, '2|1:7|10:1300000000|3:keey|8:dmFsdWU=|'],
  [
    'a bad date of an unknown key, authentic',
    'malformed',
    ring,
    resignV2Fields({ keyVersion: '7', timestamp: '0x4' }, SECRET),
  ],
  [
    'a missing signature of an unknown key',
    'malformed',
    ring,
    withoutSignature(resignV2Fields({ keyVersion: '7' }, SECRET)),
  ],
  [
    'a signature in upper case, of an unknown key',
    'malformed',
    ring,
    withSignatureInUpperCase(resignV2Fields({ keyVersion: '7' }, SECRET)),
  ],

  [
    'an unknown key and a bad signature',
    'unknown-key',
    ring,
    withBadSignature(resignV2Fields({ keyVersion: '7' }, SECRET)),
  ],
  [
    'an unknown key, another name, old',
    'unknown-key',
    ring,
    resignV2Fields({ keyVersion: '7', name: 'other', timestamp: OLD }, SECRET),
  ],

  [
    'a bad signature, another name',
    'signature',
    single,
    withBadSignature(resignV2Fields({ name: 'other' }, SECRET)),
  ],
  [
    'a bad signature, old, not base64',
    'signature',
    ring,
    withBadSignature(
      resignV2Fields({ keyVersion: '1', timestamp: OLD, base64: NOT_BASE64 }, SECRET),
    ),
  ],
  ['the signature of another secret', 'signature', single, resignV2Fields({}, OTHER_SECRET)],

  ['another name', 'name', single, resignV2Fields({ name: 'other' }, SECRET)],
  ['another name, old', 'name', single, resignV2Fields({ name: 'other', timestamp: OLD }, SECRET)],
  [
    'another name, from the future, not base64',
    'name',
    single,
    resignV2Fields({ name: 'Key', timestamp: FUTURE, base64: NOT_BASE64 }, SECRET),
  ],
  ['no name', 'name', single, resignV2Fields({ name: '' }, SECRET)],

  ['old', 'expired', single, resignV2Fields({ timestamp: OLD }, SECRET)],
  [
    'old, not base64',
    'expired',
    single,
    resignV2Fields({ timestamp: OLD, base64: NOT_BASE64 }, SECRET),
  ],
  [
    'old, not text',
    'expired',
    single,
    resignV2Fields({ timestamp: OLD, base64: NOT_TEXT }, SECRET),
  ],
  ['of 1970', 'expired', single, resignV2Fields({ timestamp: '0' }, SECRET)],

  ['from the future', 'future', single, resignV2Fields({ timestamp: FUTURE }, SECRET)],
  [
    'from the future, not base64',
    'future',
    single,
    resignV2Fields({ timestamp: FUTURE, base64: NOT_BASE64 }, SECRET),
  ],
  [
    'of the last date there is',
    'future',
    single,
    resignV2Fields({ timestamp: '999999999999' }, SECRET),
  ],

  ['not base64', 'malformed', single, resignV2Fields({ base64: NOT_BASE64 }, SECRET)],
  [
    'base64 with stray bits, and not text',
    'malformed',
    single,
    resignV2Fields({ base64: '6R==' }, SECRET),
  ],

  ['not text', 'encoding', single, resignV2Fields({ base64: NOT_TEXT }, SECRET)],
];

describe('the first check that fails is the reason', () => {
  it.each(cases)('%s: %s', (_, reason, signer, signed) => {
    expect(signer.verify('key', signed as never)).toEqual({ valid: false, reason });
    expect(signer.unsign('key', signed as never)).toBeUndefined();
  });

  it('and where none does, the value is valid', () => {
    expect(single.unsign('key', resignV2Fields({}, SECRET))).toBe('value');
    expect(ring.unsign('key', resignV2Fields({ keyVersion: '1' }, SECRET))).toBe('value');
  });

  it.each([
    ['of another name', 'name', { name: 'other', timestamp: OLD, base64: NOT_BASE64 }],
    ['old, not base64', 'expired', { timestamp: OLD, base64: NOT_BASE64 }],
    ['from the future, not encrypted', 'future', { timestamp: FUTURE }],
    ['not base64', 'malformed', { base64: NOT_BASE64 }],
    ['neither encrypted nor text', 'decrypt', { base64: NOT_TEXT }],
    ['encrypted, and not text', 'encoding', { base64: ENCRYPTED_NOT_TEXT }],
  ])('and for a reader of encrypted values, one %s: %s', (_, reason, fields) => {
    const signed = resignV2Fields(fields, SECRET);

    expect(single.verify('key', signed, { encrypted: true })).toEqual({ valid: false, reason });
  });

  it.each([
    ['path', 'name'],
    ['Path', 'name'],
    ['', 'name'],
    ['a:b', 'name'],
    ['a b', 'malformed'],
    ['kéy', 'malformed'],
  ])(
    'a value signed for "%s", which no cookie can be named, is not found under it: %s',
    (name, reason) => {
      expect(single.verify(name, resignV2Fields({ name }, SECRET))).toEqual({
        valid: false,
        reason,
      });
    },
  );

  it.each([
    [undefined, 'name'],
    [null, 'name'],
    [['key'], 'name'],
    [{ toString: () => 'key' }, 'name'],
  ])('the name %p reads nothing: %s', (name, reason) => {
    expect(single.verify(name as never, resignV2Fields({}, SECRET))).toEqual({
      valid: false,
      reason,
    });
  });
});

describe('the clock is asked only for what is authentic', () => {
  it('so a forged value reaches no code of the app', () => {
    let asked = 0;
    const signer = new SecureCookieSigner({
      secret: SECRET,
      clock: () => {
        asked += 1;
        return CLOCK;
      },
    });
    for (const [, reason, , signed] of cases) {
      if (['missing', 'too-large', 'version', 'signature', 'name'].includes(reason)) {
        signer.verify('key', signed as never);
      }
    }
    for (const malformed of [
      2,
      'é',
      'value',
      '2|',
      withoutSignature(resignV2Fields({}, SECRET)),
      withSignatureInUpperCase(resignV2Fields({}, SECRET)),
    ]) {
      expect(signer.verify('key', malformed as never)).toEqual({
        valid: false,
        reason: 'malformed',
      });
    }
    expect(asked).toBe(0);

    signer.verify('key', resignV2Fields({}, SECRET));
    expect(asked).toBe(1);
  });
});
