import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { expected, isMissed, isRight, lateness, type Revocation, type Visit } from './judge.js';
import { startWithMarks } from './marks.js';
import { runSpread } from './spread.js';

// The short form of `npm run revocation`, which explains itself with --help.

const seed = newSeed();

const DATE = 1_300_000_000;
const SET = DATE * 1000;
const SENT = SET + 5000;
const ANSWERED = SENT + 10;
const BOUND = 600;

describe('the judge of the answers', () => {
  const session = { user: '1', device: '1-1', answeredAt: SET, date: DATE };
  const visit = (sentAt: number, answeredAt: number, server = 0): Visit => ({
    session,
    server,
    sentAt,
    answeredAt,
    verdict: 'valid',
  });
  const revocation = (change: Partial<Revocation> = {}): Revocation => ({
    server: 0,
    sentAt: SENT,
    answeredAt: ANSWERED,
    at: DATE,
    ...change,
  });

  it.each<[string, Visit, Partial<Revocation>, string]>([
    ['answered before the revocation was sent', visit(SENT - 9, SENT - 1), {}, 'valid'],
    ['of a later date', visit(ANSWERED + 9, ANSWERED + 19), { at: DATE - 1 }, 'valid'],
    ['answered when it was on its way', visit(SENT - 9, SENT), {}, 'either'],
    ['sent when it was answered', visit(ANSWERED, ANSWERED + 9), {}, 'either'],
    ['sent after that', visit(ANSWERED + 1, ANSWERED + 9), {}, 'revoked'],
    ['sent to another server in time', visit(ANSWERED + BOUND, ANSWERED + 999, 1), {}, 'either'],
    ['sent to it later', visit(ANSWERED + BOUND + 1, ANSWERED + 999, 1), {}, 'revoked'],
    [
      'sent while there is no answer',
      visit(ANSWERED + 9999, ANSWERED + 9999),
      { answeredAt: Infinity, at: Infinity },
      'either',
    ],
  ])('takes a cookie for what it has to be: %s', (_what, shown, change, what) => {
    expect(expected(shown, [revocation({ at: DATE - 9 }), revocation(change)], BOUND)).toBe(what);
  });

  it.each([
    ['valid', ['valid'], ['revoked', 'revocations-stale', 'expired']],
    ['revoked', ['revoked'], ['valid', 'revocations-stale', 'schema']],
    ['either', ['valid', 'revoked'], ['revocations-stale', 'missing']],
  ] as const)('where it has to be %s, takes nothing else', (what, right, wrong) => {
    expect(right.map((verdict) => isRight(verdict, what))).not.toContain(false);
    expect(wrong.map((verdict) => isRight(verdict, what))).not.toContain(true);
  });

  it('measures how late a revoked cookie was accepted', () => {
    const late = visit(ANSWERED + 70, ANSWERED + 80);

    expect(lateness(late, [revocation(), revocation({ at: DATE - 1, answeredAt: SET })])).toBe(70);
    expect(lateness({ ...late, verdict: 'revoked' }, [revocation()])).toBe(0);
    expect(lateness(late, [])).toBe(0);
  });

  it('finds a session that was there a second before, and is not reached', () => {
    expect(isMissed(session, revocation({ at: DATE - 1 }))).toBe(true);
    expect(isMissed(session, revocation({ at: DATE }))).toBe(false);
    expect(isMissed({ ...session, answeredAt: SENT - 1000 }, revocation({ at: DATE - 1 }))).toBe(
      false,
    );
  });
});

describeWithRedis('revocations on three processes under load', () => {
  it(`reach the others in refreshEvery and one load, and refuse nothing else (seed ${seed})`, async () => {
    const result = await runSpread({ seconds: 10, seed, stream: 'none' });

    expect(result.faults).toEqual([]);
    expect(result.visits).toBeGreaterThanOrEqual(2500);
    expect(result.revocations).toBeGreaterThanOrEqual(190);
    // Else the run would be about nothing.
    expect(result.renewals).toBeGreaterThan(0);
    expect(result.expected.valid).toBeGreaterThan(100);
    expect(result.expected.revoked).toBeGreaterThan(100);
    expect(result.expected.either).toBeGreaterThan(0);
  }, 120_000);
});

describeWithRedis('a start where many marks are kept', () => {
  it('reads 100,000 in pages, and lets other things run meanwhile', async () => {
    const result = await startWithMarks({ marks: 100_000, stream: 'none' });

    expect(result.verdicts).toEqual(['revoked', 'revoked', 'valid']);
    expect(result.pages).toBeGreaterThanOrEqual(20);
    expect(result.held).toBeLessThan(25);
    expect(result.longestStretch).toBeLessThan((result.time * 1000) / 4);
  }, 120_000);
});
