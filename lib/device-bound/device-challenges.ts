import { TIME_TO_BIND } from '../jar/device-binding.js';
import { digestOf } from '../signing/digest.js';
import { readSignedValue, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';

/** The judgement on a challenge that a proof answers. */
export type ChallengeJudgement = 'good' | 'old' | 'foreign';

/** How long a challenge can be answered, in seconds. A browser that was asleep asks for another one. */
export const CHALLENGE_LIFETIME = TIME_TO_BIND;

/** The name that challenges are signed for. No cookie has it. */
const CHALLENGE_NAME = 'nestjs-secure-cookie.device-bound-challenge';

/** Any age: the date is judged here, because an old challenge must be told from a forged one. */
const READ = {
  maxAge: Number.POSITIVE_INFINITY,
  minVersion: undefined,
  encoding: undefined,
  encrypted: true,
} as const;

/**
 * Challenges are signed values, so they need no store: any instance can judge what another one made.
 * Each has one subject, a session that begins or a session and its key, so that a proof for one is no
 * proof for another. They are encrypted, because a digest would reveal a value that can be guessed.
 */
export class DeviceChallenges {
  readonly #signer: SecureCookieSigner;

  constructor(signer: SecureCookieSigner) {
    this.#signer = signer;
  }

  /**
   * @param subject - what the challenge is about, a list of texts
   * @returns visible ASCII without quotes and backslashes: it can be quoted as it is
   * @throws {@link SecureCookieError} `keys-stale` or `clock`
   */
  make(subject: readonly string[]): string {
    return this.#signer.sign(CHALLENGE_NAME, digestOf(JSON.stringify(subject)), { encrypt: true });
  }

  /** Whether a challenge was made for this subject, and can still be answered. Takes any input. */
  judge(challenge: string, subject: readonly string[]): ChallengeJudgement {
    const { result } = readSignedValue(this.#signer, CHALLENGE_NAME, challenge, READ);
    if (!result.valid && result.reason === 'unknown-key') {
      // Its key may have been removed since then. To ask again does no harm.
      return 'old';
    }
    if (!result.valid || result.value !== digestOf(JSON.stringify(subject))) {
      return 'foreign';
    }
    return this.#signer.now() - result.issuedAt > CHALLENGE_LIFETIME ? 'old' : 'good';
  }
}
