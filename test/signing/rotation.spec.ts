import { describe, expect, it } from '@jest/globals';
import type { SecureCookieKeys } from '../../lib/signing/key-ring.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV2Fields } from '../support/resign.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const DAY = 86_400;
const MAX_AGE = 31 * DAY;
const START = 1_300_000_000;

const ONLY_OLD: SecureCookieKeys = { secret: { 1: SECRET }, keyVersion: 1 };
const NEW_READS: SecureCookieKeys = { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 1 };
const NEW_SIGNS: SecureCookieKeys = { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 };
const ONLY_NEW: SecureCookieKeys = { secret: { 2: OTHER_SECRET }, keyVersion: 2 };

/** Instances of one app, which get new keys one after the other, and a client of all of them. */
class Fleet {
  readonly #clock = { now: START };
  readonly #instances: readonly SecureCookieSigner[];
  readonly #cookies: string[] = [];

  constructor(keys: SecureCookieKeys, size = 3) {
    this.#instances = Array.from(
      { length: size },
      () => new SecureCookieSigner({ ...keys, clock: () => this.#clock.now }),
    );
  }

  /** A rollout: after each instance, all of them sign, and read all that was signed so far. */
  rollOut(keys: SecureCookieKeys): readonly string[] {
    return this.#instances.flatMap((instance) => {
      instance.replaceKeys(keys);
      return this.visitAll();
    });
  }

  /** What the instances say of the cookies, each verdict once. */
  visitAll(): readonly string[] {
    this.#cookies.push(...this.#instances.map((instance) => instance.sign('user', 'alice')));
    return this.read(this.#cookies);
  }

  /** What the instances say of these cookies, each verdict once. */
  read(cookies: readonly string[]): readonly string[] {
    const verdicts = this.#instances.flatMap((instance) =>
      cookies.map((cookie) => {
        const result = instance.verify('user', cookie);
        return result.valid ? 'valid' : result.reason;
      }),
    );
    return [...new Set(verdicts)];
  }

  pass(seconds: number): void {
    this.#clock.now += seconds;
  }

  get cookies(): readonly string[] {
    return [...this.#cookies];
  }

  withdraw(): void {
    for (const instance of this.#instances) {
      instance.withdrawKeys();
    }
  }
}

const onlyValid = (verdicts: readonly string[]): boolean =>
  verdicts.every((verdict) => verdict === 'valid');

describe('a rotation in three stages', () => {
  it('refuses no cookie, though instances get the keys one after the other', () => {
    const fleet = new Fleet(ONLY_OLD);
    const before = fleet.visitAll();
    const first = fleet.rollOut(NEW_READS);
    const second = fleet.rollOut(NEW_SIGNS);

    expect([before, first, second].map(onlyValid)).toEqual([true, true, true]);

    const signedByOld = fleet.cookies;
    fleet.pass(MAX_AGE);
    // At the limit they are still accepted; the third stage waits for longer.
    expect(fleet.read(signedByOld)).toEqual(['valid']);
    fleet.pass(1);
    expect(fleet.read(signedByOld)).toEqual(['expired']);

    const third = new Set(fleet.rollOut(ONLY_NEW));
    expect(third).toEqual(new Set(['valid', 'expired', 'unknown-key']));
    // What was refused had expired before.
    expect(fleet.read(signedByOld)).not.toContain('valid');
    expect(fleet.read(fleet.cookies.slice(signedByOld.length))).toEqual(['valid']);
  });

  it('says of each value whether the key that signed it is the one that signs now', () => {
    const signer = new SecureCookieSigner({ ...NEW_READS, clock: () => START });
    const old = signer.sign('user', 'alice');
    const current = (): boolean | undefined => {
      const result = signer.verify('user', old);
      return result.valid ? result.current : undefined;
    };
    const first = current();
    signer.replaceKeys(NEW_SIGNS);
    const second = current();
    signer.replaceKeys(ONLY_NEW);

    expect([first, second, current()]).toEqual([true, false, undefined]);
  });

  it('keeps encrypted values readable as well', () => {
    const signer = new SecureCookieSigner(ONLY_OLD);
    const hidden = signer.sign('user', 'alice', { encrypt: true });
    signer.replaceKeys(NEW_READS);
    signer.replaceKeys(NEW_SIGNS);

    expect(signer.unsign('user', hidden, { encrypted: true })).toBe('alice');

    signer.replaceKeys(ONLY_NEW);
    expect(signer.verify('user', hidden, { encrypted: true })).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('may begin with a single secret, which becomes key 0', () => {
    const fleet = new Fleet({ secret: SECRET });
    const verdicts = [
      fleet.visitAll(),
      fleet.rollOut({ secret: { 0: SECRET, 1: OTHER_SECRET }, keyVersion: 0 }),
      fleet.rollOut({ secret: { 0: SECRET, 1: OTHER_SECRET }, keyVersion: 1 }),
    ];

    expect(verdicts.map(onlyValid)).toEqual([true, true, true]);
  });
});

describe('a stage that is left out refuses cookies inside their window', () => {
  it('the first: an instance meets a key that it does not know', () => {
    const fleet = new Fleet(ONLY_OLD);
    fleet.visitAll();

    expect(new Set(fleet.rollOut(NEW_SIGNS))).toEqual(new Set(['valid', 'unknown-key']));
  });

  it('the second: an instance drops the key that another one signs with', () => {
    const fleet = new Fleet(ONLY_OLD);
    fleet.visitAll();
    fleet.rollOut(NEW_READS);

    expect(new Set(fleet.rollOut(ONLY_NEW))).toEqual(new Set(['valid', 'unknown-key']));
  });

  it('the wait before the third: the old key’s cookies have not expired', () => {
    const fleet = new Fleet(ONLY_OLD);
    fleet.rollOut(NEW_READS);
    const signedByOld = fleet.cookies;
    fleet.rollOut(NEW_SIGNS);
    fleet.pass(MAX_AGE - DAY);
    fleet.rollOut(ONLY_NEW);

    expect(fleet.read(signedByOld)).toEqual(['unknown-key']);
  });
});

/** What a thief makes with the old secret, whatever date suits. */
const forged = (keyVersion: string): readonly string[] =>
  [START, START + DAY, START + 2 * DAY].map((timestamp) =>
    resignV2Fields({ keyVersion, timestamp: String(timestamp), name: 'user' }, SECRET),
  );

describe('after a compromise, the key is removed at once', () => {
  it('and all that it signed is refused, honest or forged, inside the window', () => {
    const fleet = new Fleet(NEW_SIGNS);
    fleet.visitAll();
    const signedBefore = fleet.cookies;
    fleet.rollOut({
      secret: { 3: 'a third secret for tests, of 32 bytes and more' },
      keyVersion: 3,
    });
    fleet.pass(DAY);

    expect(fleet.read(signedBefore)).toEqual(['unknown-key']);
    expect(fleet.read(forged('1'))).toEqual(['unknown-key']);
    // Under the new version, it is the signature that fails.
    expect(fleet.read(forged('3'))).toEqual(['signature']);
    expect(fleet.read(fleet.cookies.slice(-3))).toEqual(['valid']);
  });

  it('of a single secret, another one in its place does the same', () => {
    const fleet = new Fleet({ secret: SECRET });
    fleet.visitAll();
    const signedBefore = fleet.cookies;
    fleet.rollOut({ secret: OTHER_SECRET });

    expect(fleet.read(signedBefore)).toEqual(['signature']);
    expect(fleet.read(forged('0'))).toEqual(['signature']);
  });

  it('left in the ring for reading, it would go on accepting what a thief makes', () => {
    const fleet = new Fleet(NEW_SIGNS);
    fleet.pass(DAY);

    expect(fleet.read(forged('1').slice(0, 2))).toEqual(['valid']);
  });

  it('until new keys are there, nothing is accepted and nothing signed', () => {
    const fleet = new Fleet(ONLY_OLD);
    fleet.visitAll();
    fleet.withdraw();

    expect(fleet.read([...fleet.cookies, ...forged('1')])).toEqual(['unknown-key']);
    expect(() => fleet.visitAll()).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'keys-stale' }),
    );
  });
});
