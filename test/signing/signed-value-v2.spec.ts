import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV2, resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

const single = new SecureCookieSigner({ secret: SECRET, clock: () => 1_300_000_000 });
const ring = new SecureCookieSigner({
  secret: { 0: SECRET, 3: SECRET },
  keyVersion: 0,
  clock: () => 1_300_000_000,
});

/** What Tornado's int(), JavaScript's Number() or parseInt() take, and a strict reader does not. */
const laxNumbers = (digit: string): string[] => [
  ` ${digit}`,
  `${digit} `,
  `+${digit}`,
  `-${digit}`,
  `0${digit}`,
  `0_${digit}`,
  `${digit}_0`,
  `0x${digit}`,
  `0b1`,
  `0o${digit}`,
  `${digit}e0`,
  `${digit}.0`,
  `${digit}.`,
  `.${digit}`,
  `${digit}n`,
  `${digit}\n`,
  `\t${digit}`,
  '',
  '-0',
  'NaN',
  'Infinity',
  digit.repeat(400),
  `${digit}${'0'.repeat(20)}`,
  String.fromCharCode(digit.charCodeAt(0) + 256),
  '\u0663',
  '\uff13',
];

function expectMalformed(signed: string): void {
  expect(single.verify('key', signed)).toEqual({ valid: false, reason: 'malformed' });
  expect(ring.verify('key', signed)).toEqual({ valid: false, reason: 'malformed' });
}

describe('numbers only a lax parser takes, under the right signature', () => {
  it('where the strict ones verify', () => {
    const strict = resignV2('2|1:3|10:1300000000|3:key|8:dmFsdWU=|', SECRET);

    expect(single.verify('key', strict)).toMatchObject({ valid: true, keyVersion: 3 });
    expect(ring.verify('key', strict)).toMatchObject({ valid: true, keyVersion: 3 });
  });

  it.each(laxNumbers('3'))('key version %p', (keyVersion) => {
    expectMalformed(resignV2Fields({ keyVersion }, SECRET));
  });

  it.each([...laxNumbers('1300000000'), '01300000000', '1300000000.5', '1e9', '1000000000000'])(
    'date %p',
    (timestamp) => {
      expectMalformed(resignV2Fields({ timestamp }, SECRET));
    },
  );

  it.each(laxNumbers('3'))('length %p of the name', (length) => {
    expectMalformed(resignV2(`2|1:0|10:1300000000|${length}:key|8:dmFsdWU=|`, SECRET));
  });

  it.each(laxNumbers('1'))('length %p of the key version', (length) => {
    expectMalformed(resignV2(`2|${length}:0|10:1300000000|3:key|8:dmFsdWU=|`, SECRET));
  });

  it.each(['00000', '10000000000'])('key version %s, of too many digits', (keyVersion) => {
    expectMalformed(resignV2Fields({ keyVersion }, SECRET));
  });
});

describe('lengths that lie, under the right signature', () => {
  it.each([
    ['too short by one', '2|1:0|10:1300000000|2:key|8:dmFsdWU=|'],
    ['too long by one', '2|1:0|10:1300000000|4:key|8:dmFsdWU=|'],
    ['zero for a field that is not empty', '2|1:0|10:1300000000|0:key|8:dmFsdWU=|'],
    ['too short for the last field', '2|1:0|10:1300000000|3:key|7:dmFsdWU=|'],
    ['past the end', '2|1:0|10:1300000000|3:key|99:dmFsdWU=|'],
    ['far past the end', '2|1:0|10:1300000000|3:key|99999:dmFsdWU=|'],
    ['past what numbers hold', `2|1:0|10:1300000000|3:key|${'9'.repeat(309)}:dmFsdWU=|`],
    ['a name that overlaps the value', '2|1:0|10:1300000000|14:key|8:dmFsdWU=|'],
    ['a date that swallows the name', '2|1:0|16:1300000000|3:key|3:key|8:dmFsdWU=|'],
    ['a value that swallows the signature', '2|1:0|10:1300000000|3:key|73:dmFsdWU=|'],
    ['a pipe too many between fields', '2|1:0||10:1300000000|3:key|8:dmFsdWU=|'],
    ['a pipe too many at the end', '2|1:0|10:1300000000|3:key|8:dmFsdWU=||'],
    ['another delimiter behind a field', '2|1:0|10:1300000000|3:key:8:dmFsdWU=|'],
    ['another delimiter behind a length', '2|1:0|10:1300000000|3|key|8:dmFsdWU=|'],
    ['no last pipe', '2|1:0|10:1300000000|3:key|8:dmFsdWU='],
    ['a field missing', '2|10:1300000000|3:key|8:dmFsdWU=|'],
    ['a field too many', '2|1:0|10:1300000000|3:key|8:dmFsdWU=|1:x|'],
    ['a field in front', '2|1:0|1:0|10:1300000000|3:key|8:dmFsdWU=|'],
    ['a second format version', '2|2|1:0|10:1300000000|3:key|8:dmFsdWU=|'],
    ['nothing but the format version', '2|'],
  ])('%s', (_, signedPart) => {
    expectMalformed(resignV2(signedPart, SECRET));
  });

  it('but a name and a value may be of any length that is told', () => {
    const name = 'k'.repeat(1000);
    const empty = resignV2Fields({ name, base64: '' }, SECRET);

    expect(single.unsign(name, empty)).toBe('');
  });

  it.each(['!', '~', '!key~'])(
    'and a name may be %s, of the first and the last visible character',
    (name) => {
      expect(single.unsign(name, single.sign(name, 'value'))).toBe('value');
    },
  );

  it.each(['|', '||', '3|key', '8|dmFsdWU', '0', '2|'])(
    'and pipes and digits within a name end nothing: %s',
    (name) => {
      expect(single.unsign(name, resignV2Fields({ name }, SECRET))).toBe('value');
    },
  );
});

describe('key versions that no ring has, under the right signature', () => {
  it.each(['-1', '__proto__', 'constructor', 'toString', 'length', '0.0', 'undefined'])(
    '%s is no number',
    (keyVersion) => {
      expectMalformed(resignV2Fields({ keyVersion }, SECRET));
    },
  );

  it.each(['1', '2', '30', '4294967296', '9999999999'])(
    '%s is unknown to a record',
    (keyVersion) => {
      expect(ring.verify('key', resignV2Fields({ keyVersion }, SECRET))).toEqual({
        valid: false,
        reason: 'unknown-key',
      });
    },
  );
});

describe('signatures that are nearly right', () => {
  const signed = resignV2Fields({}, SECRET);
  const signature = signed.slice(-64);

  it.each([
    ['upper case', signature.toUpperCase()],
    ['one digit in upper case', signature.replace(/[a-f]/, (digit) => digit.toUpperCase())],
    ['a digit too few', signature.slice(1)],
    ['a digit too many', `${signature}0`],
    ['none', ''],
    ['in base64', Buffer.from(signature, 'hex').toString('base64')],
    ['a letter beyond f', signature.replace(/[a-f]/, 'g')],
    [
      '\u0164 for d and \u0133 for 3, which latin1 folds',
      signature.replaceAll('d', '\u0164').replaceAll('3', '\u0133'),
    ],
    ['quoted', `"${signature}"`],
  ])('%s', (_, forgery) => {
    expect(forgery).not.toBe(signature);
    expectMalformed(signed.slice(0, -64) + forgery);
  });

  it('folds nothing in the fields either', () => {
    expectMalformed(signed.replace('d', '\u0164'));
    expectMalformed(signed.replace('3:', '\u0133:'));
  });
});

it('a short value may have a name of any length, around the memory that a signer keeps', () => {
  const names = [3900, 3968, 3969, 4000, 4074, 4096, 4200, 9000].map((length) =>
    'n'.repeat(length),
  );

  expect(names.map((name) => single.unsign(name, single.sign(name, 'alice')))).toEqual(
    names.map(() => 'alice'),
  );
});
