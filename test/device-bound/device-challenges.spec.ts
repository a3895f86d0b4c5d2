import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { CHALLENGE_LIFETIME, DeviceChallenges } from '../../lib/device-bound/device-challenges.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const NOW = 1_300_000_000;
const SUBJECT = ['refresh', '__Host-session', 'identifier', 'key'];

const challengesAt = (now: number, keys: object = { secret: SECRET }): DeviceChallenges =>
  new DeviceChallenges(
    new SecureCookieSigner({ ...(keys as { secret: string }), clock: () => now }),
  );

const judgedAt = (now: number, challenge: string, subject = SUBJECT) =>
  challengesAt(now).judge(challenge, subject);

describe('a challenge', () => {
  const challenge = challengesAt(NOW).make(SUBJECT);

  it('can be quoted in a header as it is', () => {
    expect(challenge).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{1,300}$/);
  });

  it.each([
    [0, 'good'],
    [CHALLENGE_LIFETIME, 'good'],
    [CHALLENGE_LIFETIME + 1, 'old'],
    [86_400, 'old'],
    [400 * 86_400, 'old'],
    [-300, 'good'],
    [-301, 'foreign'],
  ])('is, %d seconds after it was made: %s', (age, judgement) => {
    expect(judgedAt(NOW + age, challenge)).toBe(judgement);
  });

  it('is good for five minutes', () => {
    expect(CHALLENGE_LIFETIME).toBe(300);
  });

  it.each([
    ['another session', ['refresh', '__Host-session', 'another', 'key']],
    ['another key', ['refresh', '__Host-session', 'identifier', 'another']],
    ['another cookie', ['refresh', '__Host-other', 'identifier', 'key']],
    ['a registration', ['registration', '__Host-session', 'identifier', 'key']],
    ['the same texts, divided otherwise', ['refresh', '__Host-session', 'identifierkey', '']],
    ['less', ['refresh', '__Host-session', 'identifier']],
    ['nothing', []],
  ])('about %s is foreign', (_what, subject) => {
    expect(judgedAt(NOW, challenge, subject)).toBe('foreign');
  });

  it('is judged by every instance that has the key, and counts as old where that is gone', () => {
    const old = challengesAt(NOW, { secret: { 1: OTHER_SECRET }, keyVersion: 1 }).make(SUBJECT);
    const turned = { secret: { 1: OTHER_SECRET, 2: SECRET }, keyVersion: 2 };

    expect(challengesAt(NOW, turned).judge(old, SUBJECT)).toBe('good');
    const removed = { secret: { 2: SECRET }, keyVersion: 2 };

    expect(challengesAt(NOW, removed).judge(old, SUBJECT)).toBe('old');
  });

  it.each([
    ['nothing', ''],
    ['text', 'challenge'],
    ['one that was changed', `${challenge.slice(0, -1)}${challenge.endsWith('0') ? '1' : '0'}`],
    ['one with something behind it', `${challenge}0`],
    ['an oversize one', challenge.repeat(200)],
    [
      'a cookie of ours that anyone can have set',
      new SecureCookieSigner({ secret: SECRET, clock: () => NOW }).sign('theme', 'dark'),
    ],
  ])('is not %s', (_what, text) => {
    expect(judgedAt(NOW, text)).toBe('foreign');
  });

  it('does not show a digest of the value, from which a short value could be guessed', () => {
    const other = challengesAt(NOW).make(SUBJECT);

    expect(other).not.toBe(challenge);
    expect(judgedAt(NOW, other)).toBe('good');
  });
});
