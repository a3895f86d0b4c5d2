import { assertDefinition } from '../definition/is-definition.js';
import { isRevocationKey } from '../definition/revocation-keys.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { describeError, SecureCookieError } from '../errors.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { DatesAhead } from './dates-ahead.js';
import { inTime } from './in-time.js';
import { keysToSign } from './keys-to-sign.js';
import { MemoryRevocations } from './memory-revocations.js';
import { publishApplied } from './revocation-events.js';
import { RevocationList } from './revocation-list.js';
import { CALL_TIMEOUT, RevocationLoader } from './revocation-loader.js';
import {
  END_OF_MARKS,
  EVERY_KEY,
  hashesOf,
  type SecureCookieRevocationMark,
} from './revocation-mark.js';
import { revocationSettings, type SecureCookieRevocationSettings } from './revocation-settings.js';
import type { SecureCookieRevocationSource } from './revocation-source.js';
import { untilDate } from './until-date.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/*
 * Functions of revocations for the other rooms only. They are not on the public type: the class assigns
 * them in its static block. Without revocations, for a definition that cannot be revoked, they do
 * nothing.
 */

/** Why a cookie with this value is refused; `undefined` if it is not. */
export let judgeRevocation: (
  revocations: SecureCookieRevocations | undefined,
  definition: AnyDefinition,
  value: unknown,
  firstIssuedAt: number | undefined,
  now?: number,
) => 'schema' | 'revoked' | 'revocations-stale' | undefined;

/**
 * The date of a cookie that is set now with this payload, in whole seconds: after every mark that
 * applies to it. Throws `value` for a payload with invalid keys.
 */
export let dateAfterMarks: (
  revocations: SecureCookieRevocations | undefined,
  definition: AnyDefinition,
  payload: Uint8Array,
) => number | undefined;

/**
 * The first issue of a valid cookie that carries no date: when all marks were known, by the slowest
 * clock. Later marks refuse it, even after it was renewed.
 */
export let firstIssueOfUndated: (
  revocations: SecureCookieRevocations | undefined,
) => number | undefined;

/** How long marks count for definitions without their own lifetime, in seconds. */
export let maxAgeOfMarks: (revocations: SecureCookieRevocations) => number;

/**
 * Adds a mark for the first key of a payload to the list of this instance only. For the test kit.
 * Throws `value` for a payload without a key.
 */
export let markHere: (
  revocations: SecureCookieRevocations,
  definition: AnyDefinition,
  payload: Uint8Array,
  at: number,
) => void;

/** Asserts that the app has the option `revocations`. */
function present<Part>(part: Part | undefined): Part {
  if (part !== undefined) {
    return part;
  }
  throw new SecureCookieError(
    'revocations-missing',
    'Nothing can be revoked in this app: give SecureCookieModule the option "revocations", { source, refreshEvery, maxStale }.',
  );
}

/**
 * Ends sessions before they expire: refuses cookies by the keys of their values, on every instance
 * that shares the source. In Nest, inject it; the module needs the option `revocations`.
 *
 * @example
 * class AccountController {
 *   constructor(private readonly revocations: SecureCookieRevocations) {}
 *
 *   \@Post('log-out-everywhere')
 *   async logOut(@SecureCookie(Session, { required: true }) session: { userId: string }) {
 *     await this.revocations.revoke(Session, `user:${session.userId}`);
 *   }
 * }
 */
export class SecureCookieRevocations {
  readonly #signer: SecureCookieSigner;
  readonly #source: SecureCookieRevocationSource | undefined;
  readonly #logger: SecureCookieLogger;
  readonly #list = new RevocationList();
  readonly #ahead = new DatesAhead();
  readonly #loader: RevocationLoader | undefined;

  static {
    judgeRevocation = (revocations, definition, value, firstIssuedAt, now) =>
      revocations === undefined
        ? undefined
        : revocations.#judge(definition, value, firstIssuedAt, now);
    dateAfterMarks = (revocations, definition, payload) =>
      revocations === undefined ? undefined : revocations.#dateOf(definition, payload);
    firstIssueOfUndated = (revocations) =>
      revocations === undefined ? undefined : revocations.#firstIssueOfUndated();
    maxAgeOfMarks = (revocations) => revocations.#signer.maxAge;
    markHere = (revocations, definition, payload, at) =>
      revocations.#markHere(definition, payload, at);
  }

  /**
   * @param signer - its clock dates the marks
   * @param settings - `source`, `refreshEvery` and `maxStale`, in seconds; with `undefined`, as in an
   * app without the option, every use throws `revocations-missing`
   * @param logger - logs failed loads; by default `console`
   * @throws {@link SecureCookieError} `option`
   * @example
   * const revocations = new SecureCookieRevocations(signer, {
   *   source: redisRevocations({ send, key: 'revocations' }),
   *   refreshEvery: 2,
   *   maxStale: 60,
   * });
   * await revocations.start();
   * new SecureCookieReader(signer, request.headers.cookie, { revocations }).get(Session);
   */
  constructor(
    signer: SecureCookieSigner,
    settings: SecureCookieRevocationSettings | undefined,
    logger: SecureCookieLogger = console,
  ) {
    this.#signer = signer;
    this.#logger = logger;
    if (settings !== undefined) {
      const checked = revocationSettings(settings, signer.clockTolerance);
      this.#source = checked.source;
      this.#loader = new RevocationLoader(checked, signer, this.#list, logger);
    }
  }

  /**
   * Loads the marks for the first time, and then every `refreshEvery` seconds. Until the first load has
   * succeeded, cookies with `revocableBy` are refused. In Nest, the module calls it before the app
   * accepts requests.
   *
   * @throws {@link SecureCookieError} `revocations-load` - if the first load fails
   * @example
   * await revocations.start();
   */
  async start(): Promise<void> {
    if (this.#source instanceof MemoryRevocations && process.env['NODE_ENV'] === 'production') {
      this.#logger.warn(
        'Revocations are kept in the memory of this process: other instances do not see them, and a restart forgets them. In production, use redisRevocations or your own source.',
      );
    }
    try {
      await this.#loader?.start();
    } catch (error) {
      const what = describeError(error);
      this.#logger.error(`Loading the revocations failed at start-up: ${what}`);
      throw new SecureCookieError(
        'revocations-load',
        `The source of the option "revocations" failed when the app started: ${what}. Its message is not repeated here, because it may quote a password.`,
      );
    }
  }

  /**
   * Stops loading. In Nest, the module calls it when the app shuts down.
   *
   * @example
   * revocations.stop();
   */
  stop(): void {
    this.#loader?.stop();
  }

  /**
   * Refuses all cookies of a definition whose values have a key and that were first issued until now,
   * however often they were renewed. Cookies that are set afterwards are not refused, even in the same
   * second.
   *
   * Resolves when the source has recorded the revocation and this instance applies it; other instances
   * do so within `refreshEvery` seconds and one load. If a session began after another revocation in
   * the same second, it waits for the next second.
   *
   * @param definition - one with `revocableBy`
   * @param keys - one or several of the keys that `revocableBy` returns; a cookie with any of them is
   * refused
   * @throws {@link SecureCookieError} `revocation-failed` if the source did not record it, with its
   * error as `cause`: answer 503, because the session has not ended. `value` for an invalid key,
   * `option` for a definition without `revocableBy`, `name` if it is not a definition
   * @example
   * await revocations.revoke(Session, `user:${userId}`);
   */
  async revoke(definition: AnyDefinition, keys: string | readonly string[]): Promise<void> {
    assertDefinition(definition);
    const all = typeof keys === 'string' ? [keys] : keys;
    if (!Array.isArray(all) || all.length === 0 || !Array.from(all).every(isRevocationKey)) {
      throw new SecureCookieError(
        'value',
        `The cookie "${definition.name}" is revoked by one or more keys, each a well-formed text of 1 to 256 characters.`,
      );
    }
    await this.#recordAll(definition, all);
  }

  /**
   * Refuses all cookies of a definition that were first issued until now, whatever their keys. See
   * {@link SecureCookieRevocations.revoke}.
   *
   * @param definition - one with `revocableBy`
   * @throws {@link SecureCookieError} `revocation-failed` or `option`
   * @example
   * await revocations.revokeAll(Session);
   */
  async revokeAll(definition: AnyDefinition): Promise<void> {
    assertDefinition(definition);
    await this.#recordAll(definition, [EVERY_KEY]);
  }

  async #recordAll(definition: AnyDefinition, keys: readonly string[]): Promise<void> {
    if (!definition.revocable) {
      throw new SecureCookieError(
        'option',
        `The definition of the cookie "${definition.name}" has no "revocableBy", so its cookies cannot be revoked.`,
      );
    }
    const source = present(this.#source);
    const now = Math.floor(this.#signer.now());
    const marks = [...new Set(keys)].map((key) =>
      this.#mark(definition, key, this.#ahead.latest(definition.name, key, now)),
    );
    const outcomes = await Promise.allSettled(marks.map((mark) => this.#record(source, mark)));
    const failures = outcomes.filter(({ status }) => status === 'rejected');
    const [failure] = failures;
    if (failure?.status === 'rejected') {
      throw new SecureCookieError(
        'revocation-failed',
        `The source did not record ${failures.length} of ${marks.length} revocations: ${describeError(failure.reason)}. The sessions have not ended everywhere: answer 503, and try again.`,
        { cause: failure.reason },
      );
    }
  }

  async #record(
    source: SecureCookieRevocationSource,
    mark: SecureCookieRevocationMark,
  ): Promise<void> {
    // Not dated ahead: repeated revocations would push the dates of cookies too far into the future.
    await untilDate(mark.at, () => this.#signer.now());
    await inTime(CALL_TIMEOUT, undefined, async (signal) => source.record(mark, signal));
    const applied = this.#list.add(mark) ? 1 : 0;
    publishApplied({ applied, skipped: 0, held: this.#list.size });
  }

  #mark(definition: AnyDefinition, key: string, at: number): SecureCookieRevocationMark {
    const { name, attributes, absoluteMaxAge, accepts } = definition;
    const lifetime = absoluteMaxAge ?? attributes.maxAge ?? this.#signer.maxAge;
    // Older formats may carry no date: cookies that are refused now would be read until `until`.
    const end = Math.max(at + lifetime, ...accepts.map(({ until }) => until.getTime() / 1000));
    const until = Math.floor(end + this.#signer.clockTolerance) + 1;
    return { ...hashesOf(name, key), at, until: Math.min(until, END_OF_MARKS) };
  }

  #judge(
    definition: AnyDefinition,
    value: unknown,
    firstIssuedAt = 0,
    now = this.#signer.now(),
  ): 'schema' | 'revoked' | 'revocations-stale' | undefined {
    const { name } = definition;
    const keys = definition.revocationKeys(value);
    if (keys === undefined) {
      return 'schema';
    }
    const loader = present(this.#loader);
    const isStale = loader.isStale(now);
    if (this.#list.latest(name, keys) >= firstIssuedAt) {
      return 'revoked';
    }
    if (isStale) {
      return 'revocations-stale';
    }
    if (firstIssuedAt > loader.knownAt && firstIssuedAt > now) {
      this.#ahead.note(name, [EVERY_KEY, ...keys], firstIssuedAt);
    }
    return undefined;
  }

  #dateOf(definition: AnyDefinition, payload: Uint8Array): number {
    const { name } = definition;
    const keys = keysToSign(definition, payload);
    const now = Math.floor(this.#signer.now());
    const date = Math.max(now, this.#list.latest(name, keys) + 1);
    if (date > now) {
      this.#ahead.note(name, [EVERY_KEY, ...keys], date);
    }
    return date;
  }

  #firstIssueOfUndated(): number {
    return Math.max(0, Math.floor(present(this.#loader).knownAt - this.#signer.clockTolerance));
  }

  #markHere(definition: AnyDefinition, payload: Uint8Array, at: number): void {
    const [key] = keysToSign(definition, payload);
    if (key === undefined) {
      throw new SecureCookieError(
        'value',
        `This value of the cookie "${definition.name}" has no key: "revocableBy" returns none for it.`,
      );
    }
    this.#list.add(this.#mark(definition, key, at));
  }
}
