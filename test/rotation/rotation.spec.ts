import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { MAX_AGE } from './cookies.js';
import { expectedLeniently, expectedStrictly, isRight, type Visit } from './judge.js';
import { runRotation } from './rotation.js';

// The short form of `npm run rotation`, which explains itself with --help.

const seed = newSeed();

const SECOND = 1000;
const ISSUED = 1_300_000_000;
const END = (ISSUED + MAX_AGE) * SECOND;
const RETIRED = END + 5 * SECOND;
const GONE = RETIRED + SECOND;

describe('the judge of the answers', () => {
  const visit = (sentAt: number, answeredAt: number, clockOffset = 0): Visit => ({
    sentAt,
    answeredAt,
    clockOffset,
    cookie: {
      kind: 'signed',
      signed: '',
      value: 'value',
      key: { version: 1, secret: '', retiredAt: RETIRED, goneAt: GONE },
      issuedAt: ISSUED,
    },
    answer: { revision: 1, strict: {}, lenient: {} },
  });

  it.each([
    ['answered at the end of the window', visit(END - 9, END), 'valid', 'valid'],
    ['answered past it', visit(END, END + 1), 'either', 'valid'],
    ['sent past it', visit(END + 1, END + 9), 'expired', 'valid'],
    ['past it by the server’s clock', visit(END - 999, END - 9, 1), 'expired', 'valid'],
    ['at its end by the server’s clock', visit(END - 1009, END - 1000, 1), 'valid', 'valid'],
    ['answered as its key was retired', visit(RETIRED - 9, RETIRED), 'expired', 'valid'],
    ['answered after that', visit(RETIRED - 9, RETIRED + 1), 'either', 'either'],
    ['sent before its key was gone', visit(GONE - 1, GONE + 9), 'either', 'either'],
    ['sent when its key was gone', visit(GONE, GONE + 9), 'unknown-key', 'unknown-key'],
  ])('%s, a cookie has to be so', (_, shown, strictly, leniently) => {
    expect([expectedStrictly(shown), expectedLeniently(shown)]).toEqual([strictly, leniently]);
  });

  it.each([
    ['valid', [{ value: 'value' }], [{ value: 'other' }, { reason: 'expired' }]],
    ['expired', [{ reason: 'expired' }], [{ reason: 'unknown-key' }, { value: 'value' }]],
    ['unknown-key', [{ reason: 'unknown-key' }], [{ reason: 'expired' }, { value: 'value' }]],
    [
      'either',
      [{ value: 'value' }, { reason: 'expired' }, { reason: 'unknown-key' }],
      [{ value: 'other' }, { reason: 'signature' }, { reason: 'missing' }],
    ],
  ] as const)('where it has to be %s, takes nothing else', (expected, right, wrong) => {
    const { cookie } = visit(0, 0);

    expect(right.map((answer) => isRight(answer, expected, cookie))).not.toContain(false);
    expect(wrong.map((answer) => isRight(answer, expected, cookie))).not.toContain(true);
  });
});

describe('the keys of three processes that turn under load', () => {
  it(`refuse no cookie inside its window, and accept none whose key is gone (seed ${seed})`, async () => {
    const result = await runRotation({ seconds: 10, seed, stream: 'none' });

    expect(result.faults).toEqual([]);
    expect(result.visits).toBeGreaterThanOrEqual(2500);
    // Else the run would be about nothing.
    expect(result.turns).toBeGreaterThan(0);
    expect(result.strict).toMatchObject({
      valid: expect.any(Number),
      expired: expect.any(Number),
      'unknown-key': expect.any(Number),
    });
    expect(result.lenient).toMatchObject({
      valid: expect.any(Number),
      'unknown-key': expect.any(Number),
    });
  }, 120_000);
});
