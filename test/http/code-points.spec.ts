import { describe, expect, it } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import { SecureCookieError } from '../../lib/errors.js';
import { isLongForm, randomNumbers, seed } from '../support/random-numbers.js';
import { setCookie } from '../support/set-cookie.js';

describe('any code point', () => {
  const fields: [string, string, (text: string) => string, (header: string) => unknown][] = [
    ['name', 'name', (text) => setCookie({}, { name: text }), (header) => parsed(header).name],
    ['value', 'value', (text) => setCookie({}, { value: text }), (header) => parsed(header).value],
    [
      'path',
      'attribute',
      (text) => setCookie({ path: `/${text}` }),
      (header) => parsed(header).path?.slice(1),
    ],
    [
      'domain',
      'attribute',
      (text) => setCookie({ domain: `a${text}b` }),
      (header) => parsed(header).domain?.slice(1, -1),
    ],
    [
      'sameSite',
      'attribute',
      (text) => setCookie({ sameSite: text as never }),
      (header) => parsed(header).sameSite,
    ],
  ];

  it.each(fields)(
    `in %s is in the header as it is, or refused (seed ${seed})`,
    (_field, code, write, read) => {
      const wrong: string[] = [];
      for (const codePoint of codePoints()) {
        const text = String.fromCodePoint(codePoint);
        if (outcome(text, code, write, read) === 'wrong') {
          wrong.push(codePoint.toString(16));
        }
      }

      expect(wrong).toEqual([]);
    },
  );

  it.each([
    ['name', 77],
    ['value', 90],
    ['path', 92],
    ['domain', 64],
    ['sameSite', 0],
  ])('of ASCII is legal in %s for %i characters', (field, legal) => {
    const [, code = '', write, read] = fields.find(([name]) => name === field) ?? [];
    const outcomes = Array.from({ length: 0x80 }, (_none, codePoint) =>
      write && read ? outcome(String.fromCodePoint(codePoint), code, write, read) : 'wrong',
    );

    expect(outcomes.filter((one) => one === 'legal')).toHaveLength(legal);
  });
});

/** All of them, or the low ones, the surrogates, and 20,000 others. */
function* codePoints(): Generator<number> {
  yield* range(0, isLongForm ? 0x10_ffff : 0x2fff);
  if (isLongForm) {
    return;
  }
  yield* range(0xd800, 0xdfff);
  const random = randomNumbers(seed);
  for (let count = 0; count < 20_000; count += 1) {
    yield 0x3000 + (random() % (0x11_0000 - 0x3000));
  }
}

function* range(first: number, last: number): Generator<number> {
  for (let codePoint = first; codePoint <= last; codePoint += 1) {
    yield codePoint;
  }
}

/** A header of printable ASCII whose field reads back as written, or the typed error. */
function outcome(
  text: string,
  code: string,
  write: (text: string) => string,
  read: (header: string) => unknown,
): 'legal' | 'refused' | 'wrong' {
  try {
    const header = write(text);
    return /^[ -~]*$/.test(header) && read(header) === text ? 'legal' : 'wrong';
  } catch (error) {
    return error instanceof SecureCookieError && error.code === code ? 'refused' : 'wrong';
  }
}

function parsed(header: string) {
  return parseSetCookie(header, { decode: (value) => value });
}
