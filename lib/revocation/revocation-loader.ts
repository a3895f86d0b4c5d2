import { describeError, SecureCookieError } from '../errors.js';
import { memberOf } from '../own-member.js';
import { Refresher } from '../refresher.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { inTime } from './in-time.js';
import { publishApplied, publishStale } from './revocation-events.js';
import type { RevocationList } from './revocation-list.js';
import { isRevocationMark } from './revocation-mark.js';
import type { SecureCookieRevocationSettings } from './revocation-settings.js';
import type { SecureCookieRevocationPage } from './revocation-source.js';

/** Seconds that one call of the source may take. */
export const CALL_TIMEOUT = 2;

/** Seconds for all pages of one load: a source whose cursor always changes must not load for ever. */
const LOAD_TIMEOUT = 600;

/** Seconds between two searches for marks that have ended. */
const FORGET_EVERY = 60;

/** Keeps the list of one instance fresh: loads new marks from the source, page by page. */
export class RevocationLoader {
  readonly #settings: SecureCookieRevocationSettings;
  readonly #signer: SecureCookieSigner;
  readonly #list: RevocationList;
  readonly #logger: SecureCookieLogger;
  readonly #refresher: Refresher<number>;
  #cursor: string | undefined;
  /** When the last load that succeeded began, and when ended marks were last searched for. */
  #knownAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  /** The latest time for which ended marks were dropped. */
  #droppedAt = Number.NEGATIVE_INFINITY;

  constructor(
    settings: SecureCookieRevocationSettings,
    signer: SecureCookieSigner,
    list: RevocationList,
    logger: SecureCookieLogger,
  ) {
    this.#settings = settings;
    this.#signer = signer;
    this.#list = list;
    this.#logger = logger;
    this.#refresher = new Refresher<number>({
      load: (signal) => this.#load(signal),
      apply: (began) => this.#becomeKnown(began),
      refreshEvery: settings.refreshEvery,
      maxStale: settings.maxStale,
      timeout: LOAD_TIMEOUT,
      timeoutError: () => new Error(`The revocations took over ${LOAD_TIMEOUT} seconds to load.`),
      onFailure: (error) => this.#logFailure(error),
      onStale: () => this.#tellStale(),
      clock: () => signer.now(),
    });
  }

  /**
   * The latest time at which all marks that had been recorded were known, by this instance's clock, in
   * seconds since the epoch; minus infinity until the first load has succeeded.
   */
  get knownAt(): number {
    return this.#knownAt;
  }

  /** Whether the list is older than `maxStale`, or nothing was loaded yet. */
  isStale(now: number): boolean {
    return this.#refresher.isStale(now) || this.#knownAt === Number.NEGATIVE_INFINITY;
  }

  /**
   * @throws what the first load failed with
   */
  async start(): Promise<void> {
    await this.#refresher.start();
  }

  stop(): void {
    this.#refresher.stop();
  }

  /** Marks count as soon as they are read: if a page fails, those of earlier pages are kept. */
  async #load(signal: AbortSignal): Promise<number> {
    const began = this.#signer.now();
    this.#beginAnewIfSetBack(began);
    let applied = 0;
    let skipped = 0;
    for (let isLast = false; !isLast;) {
      const { cursor, marks } = await this.#loadPage(signal);
      const good = marks.filter(isRevocationMark);
      applied += this.#apply(good);
      skipped += marks.length - good.length;
      isLast = cursor === this.#cursor;
      this.#cursor = cursor;
    }
    if (applied > 0 || skipped > 0) {
      publishApplied({ applied, skipped, held: this.#list.size });
    }
    return began;
  }

  /**
   * Loads everything again if the clock was set back: while it was ahead, marks were dropped that matter
   * again now. Marks are kept longer than they matter by `clockTolerance`, so a smaller step misses none.
   */
  #beginAnewIfSetBack(now: number): void {
    if (now < this.#droppedAt - this.#signer.clockTolerance) {
      this.#cursor = undefined;
      this.#droppedAt = now;
    }
  }

  async #loadPage(signal: AbortSignal): Promise<SecureCookieRevocationPage> {
    const { source } = this.#settings;
    const page: unknown = await inTime(CALL_TIMEOUT, signal, async (ofCall) =>
      source.load(this.#cursor, ofCall),
    );
    if (isPage(page)) {
      return page;
    }
    throw new SecureCookieError(
      'option',
      'The method "load" of the source in "revocations" must resolve to { cursor, marks }: a string and an array.',
    );
  }

  /**
   * Applies marks that have not ended. If the date of a mark is later than that of any valid cookie, it
   * is set back, so that a new cookie can be dated after it: anyone who can write to the store can log
   * people out, but must not keep them out.
   *
   * @returns how many changed the list
   */
  #apply(marks: SecureCookieRevocationPage['marks']): number {
    const now = this.#signer.now();
    this.#droppedAt = Math.max(this.#droppedAt, now);
    const latest = Math.floor(now + this.#signer.clockTolerance);
    const current = marks.filter(({ until }) => until > now);
    return current.filter((mark) =>
      this.#list.add({ ...mark, at: mark.at > latest ? latest - 1 : mark.at }),
    ).length;
  }

  #becomeKnown(began: number): void {
    this.#knownAt = began;
    this.#isFailing = false;
    if (began - this.#forgotAt >= FORGET_EVERY) {
      this.#forgotAt = began;
      this.#droppedAt = Math.max(this.#droppedAt, began);
      this.#list.forget(began);
    }
  }

  /** Logs once until a load succeeds: a store that is down for an hour must not fill the log. */
  #logFailure(error: unknown): void {
    if (!this.#isFailing) {
      this.#isFailing = true;
      this.#logger.error(
        `Loading the revocations failed: ${describeError(error)}. The last list stays in use as long as "maxStale" allows; loading goes on.`,
      );
    }
  }

  #tellStale(): void {
    const age = this.#signer.now() - this.#knownAt;
    this.#logger.error(
      `No revocations were loaded for over ${this.#settings.maxStale} seconds: cookies with "revocableBy" are refused until a load succeeds.`,
    );
    publishStale({ age, held: this.#list.size });
  }
}

function isPage(page: unknown): page is SecureCookieRevocationPage {
  return typeof memberOf(page, 'cursor') === 'string' && Array.isArray(memberOf(page, 'marks'));
}
