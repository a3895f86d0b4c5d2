import { TIME_TO_BIND } from '../jar/device-binding.js';
import { digestOf } from '../signing/digest.js';
import { ENCRYPTED } from '../signing/sign-value.js';
import { readSignedValue, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';

/** What is to be thought of a challenge that a proof answers. */
export type ChallengeJudgement = 'good' | 'old' | 'foreign';

/** How long a challenge can be answered: a browser that was asleep asks for another. Seconds. */
export const CHALLENGE_LIFETIME = TIME_TO_BIND;

/** The name that challenges are signed for. No cookie has it. */
const CHALLENGE_NAME = 'nestjs-secure-cookie.device-bound-challenge';

/** Its date is judged here: what is too old is still known as ours. */
const READ = {
  maxAge: Number.POSITIVE_INFINITY,
  minVersion: undefined,
  encoding: undefined,
  encrypted: true,
} as const;

/**
 * Challenges are signed values, so that they need no store: any instance judges what another one made.
 * Each is about one subject, a session that begins or a session and its key, so that a proof made for
 * one says nothing about another. Encrypted, because a digest would give away a value of few bits.
 */
export class DeviceChallenges {
  readonly #signer: SecureCookieSigner;

  constructor(signer: SecureCookieSigner) {
    this.#signer = signer;
  }

  /**
   * @param subject - what the challenge is about; texts, of which each counts by itself
   * @returns visible ASCII without quotes and backslashes: it can be quoted as it is
   * @throws {@link SecureCookieError} `keys-stale` or `clock`
   */
  make(subject: readonly string[]): string {
    return this.#signer.sign(CHALLENGE_NAME, digestOf(JSON.stringify(subject)), ENCRYPTED);
  }

  /** Whether a challenge was made about this, and can still be answered. Takes anything. */
  judge(challenge: string, subject: readonly string[]): ChallengeJudgement {
    const { result } = readSignedValue(this.#signer, CHALLENGE_NAME, challenge, READ);
    if (!result.valid && result.reason === 'unknown-key') {
      // Of a key that was removed since: it may have been ours, and another one does no harm.
      return 'old';
    }
    if (!result.valid || result.value !== digestOf(JSON.stringify(subject))) {
      return 'foreign';
    }
    return this.#signer.now() - result.issuedAt > CHALLENGE_LIFETIME ? 'old' : 'good';
  }
}
