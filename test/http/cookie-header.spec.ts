import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { findCookieValues, joinRawCookies } from '../../lib/http/cookie-header.js';

const LIMIT = 16;

/** What the header means, word by word as design and RFC 6265bis have it, and slow. */
function splitCookieValues(header: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of header.split(';')) {
    const [left, ...rest] = pair.split('=');
    if (rest.length > 0 && trim(left ?? '') === name) {
      values.push(decode(unquote(trim(rest.join('=')))));
    }
  }
  return values.slice(0, LIMIT);
}

function trim(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

function unquote(text: string): string {
  return /^"[^]*"$/.test(text) && text !== '"' ? text.slice(1, -1) : text;
}

function decode(text: string): string {
  if (text.includes('|')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe('the values of a cookie in a Cookie header', () => {
  it.each<[string, string, string[]]>([
    ['one pair', 'user=a', ['a']],
    ['pairs before and after', 'x=1; user=a; y=2', ['a']],
    ['no space between pairs', 'x=1;user=a;y=2', ['a']],
    ['spaces and tabs around name and value', ' \tuser \t= \ta\t ; x=1', ['a']],
    ['spaces and tabs within the value', 'user=a \tb', ['a \tb']],
    ['a value that is empty', 'user=', ['']],
    ['a value of white space', 'user= \t ', ['']],
    ['the first "=" alone splits', 'user=a=b==', ['a=b==']],
    ['a "," separates nothing', 'user=a,user=b', ['a,user=b']],
    ['duplicates, in order', 'user=a; x=1; user=b; user=a', ['a', 'b', 'a']],
    ['empty pairs', ';;user=a;; ;user=b;', ['a', 'b']],
    ['quotes around the value', 'user="a b"', ['a b']],
    ['white space inside the quotes', 'user=" a "', [' a ']],
    ['one pair of quotes of two', 'user=""a""', ['"a"']],
    ['quotes around nothing', 'user=""', ['']],
    ['a quote alone', 'user="', ['"']],
    ['a quote that is not closed', 'user="a', ['"a']],
    ['a quote that is not opened', 'user=a"', ['a"']],
    ['percent-encoding', 'user=a%20%7C%C3%A9', ['a |é']],
    ['percent-encoding in quotes', 'user="a%3Db"', ['a=b']],
    ['encoded quotes, which are part of the value', 'user=%22a%22', ['"a"']],
    ['no decoding twice', 'user=%2541', ['%41']],
    ['no decoding of a value with a pipe', 'user=2|1:0|%41', ['2|1:0|%41']],
    ['a broken escape', 'user=%41%', ['%41%']],
    ['an escape of two other letters', 'user=%41%zz', ['%41%zz']],
    ['escapes that are not UTF-8', 'user=%41%ff', ['%41%ff']],
    ['a plus sign', 'user=a+b', ['a+b']],
    ['bytes beyond ASCII', 'user=\u00e9\u00ff', ['\u00e9\u00ff']],
    ['another case', 'User=a; USER=b', []],
    ['a longer name', 'user2=a; xuser=b; user-x=c', []],
    ['a shorter name', 'use=a', []],
    ['the name in a value', 'x=user; y=user=a', []],
    ['an encoded name', '%75ser=a; us%65r=b', []],
    ['a quoted name', '"user"=a', []],
    ['a nameless pair', '=user=a; =a', []],
    ['a name without "="', 'user', []],
    ['a name without "=" before another pair', 'user; x=1', []],
    ['an "=" in the next pair', 'user; =a', []],
    ['a name that the next pair continues', 'us;er=a', []],
    ['an empty header', '', []],
    ['a separator alone', ';', []],
    ['an "=" alone', '=', []],
    ['pairs without "=" in between', 'user=a; x; y; user=b; z', ['a', 'b']],
    ['the name before white space and other text', 'user x=a; user\t=b', ['b']],
  ])('%s: %j', (_fact, header, values) => {
    expect(findCookieValues(header, 'user', LIMIT)).toEqual(values);
    expect(splitCookieValues(header, 'user')).toEqual(values);
  });

  it('are not found for a name with a ";", which would span two pairs', () => {
    expect(findCookieValues('us;er=a', 'us;er', LIMIT)).toEqual([]);
  });

  it('are none where there is no header', () => {
    expect(findCookieValues(undefined, 'user', LIMIT)).toEqual([]);
  });

  it.each(
    [
      0x00, 0x01, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1f, 0x7f, 0x85, 0xa0, 0x1680, 0x180e, 0x2000,
      0x200b, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff,
    ].map((codePoint) => [
      codePoint.toString(16).padStart(4, '0'),
      String.fromCodePoint(codePoint),
    ]),
  )('U+%s belongs to the name or the value that it stands beside', (_codePoint, character) => {
    const header = `${character}user=1; user${character}=2; user=${character}3${character}`;

    expect(findCookieValues(header, 'user', LIMIT)).toEqual([`${character}3${character}`]);
    expect(findCookieValues(header, `${character}user`, LIMIT)).toEqual(['1']);
    expect(findCookieValues(header, `user${character}`, LIMIT)).toEqual(['2']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '$Version'])(
    '%s is a name like any other',
    (name) => {
      expect(findCookieValues('x=1', name, LIMIT)).toEqual([]);
      expect(findCookieValues(`x=1; ${name}=a`, name, LIMIT)).toEqual(['a']);
    },
  );

  it('a quote that spans pairs swallows none of them (the cookie sandwich)', () => {
    const header = '$Version=1; p="start; sid=x; q=end"';

    expect(findCookieValues(header, '$Version', LIMIT)).toEqual(['1']);
    expect(findCookieValues(header, 'p', LIMIT)).toEqual(['"start']);
    expect(findCookieValues(header, 'sid', LIMIT)).toEqual(['x']);
    expect(findCookieValues(header, 'q', LIMIT)).toEqual(['end"']);
  });

  it('are those of the example client, which sends the whole Set-Cookie header back', () => {
    const signed = 'MTM0NDM1OTA5NS4yOQ==|1344359095|be3d68ebe6251359e9f8bade853ca99c93ff1daa';
    const header = `technobeans="${signed}"; expires=Thu, 06 Sep 2012 17:04:55 GMT; Path=/`;

    expect(findCookieValues(header, 'technobeans', LIMIT)).toEqual([signed]);
    expect(findCookieValues(header.replaceAll('"', ''), 'technobeans', LIMIT)).toEqual([signed]);
  });

  it.each([1, 2, 16])('are %i at most where that is the limit', (limit) => {
    const header = Array.from({ length: 200 }, (_cookie, index) => `user=${index}`).join('; ');
    const first = Array.from({ length: limit }, (_cookie, index) => String(index));

    expect(findCookieValues(header, 'user', limit)).toEqual(first);
  });

  it('agree with a plain reference for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom('user', 'use', 'user=', '=', ';', '; ', ' ', '\t', '"', '%', '%41', '%ff'),
      fc.constantFrom('|', '\u00a0', '\r', '\n', '\0', '$', ',', '\\', '__proto__', '%7C'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const header = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

    fc.assert(
      fc.property(header, fc.constantFrom('user', 'use', '__proto__', '$'), (text, name) => {
        expect(findCookieValues(text, name, LIMIT)).toEqual(splitCookieValues(text, name));
      }),
      { numRuns: 5_000 },
    );
  });

  it('are found without an exception in any text, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffff })),
        fc.string({ unit: 'binary' }),
        (units, name) => {
          const values = findCookieValues(String.fromCharCode(...units), name, LIMIT);
          expect(values.every((value) => typeof value === 'string')).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('the Cookie header of raw headers', () => {
  it.each<[string, string[], string | undefined]>([
    ['none', [], undefined],
    ['none among others', ['Host', 'a.example', 'X-A', '1'], undefined],
    ['one', ['Host', 'a.example', 'Cookie', 'a=1; b=2', 'X-A', '1'], 'a=1; b=2'],
    ['one that is empty', ['Cookie', ''], ''],
    ['names in any case', ['cookie', 'a=1', 'COOKIE', 'b=2'], 'a=1; b=2'],
    ['several, as HTTP/2 sends them', ['cookie', 'a=1', 'x', '1', 'cookie', 'b=2'], 'a=1; b=2'],
    ['a value that reads like its name', ['X-A', 'cookie', 'X-B', 'c=3'], undefined],
    ['its name as a value of its own', ['Cookie', 'cookie', 'X-A', '1'], 'cookie'],
  ])('%s', (_what, rawHeaders, header) => {
    expect(joinRawCookies(rawHeaders)).toBe(header);
  });
});
