/** Seconds. Node's timers count milliseconds in 32 bits, and fire at once beyond. */
export const MAX_TIMER = 2_147_483;

/** Seconds from the beginning of one load to that of a next one that was brought forward. */
const MIN_INTERVAL = 5;

/** Whether a value is a number of seconds that a timer can wait. */
export function isTimer(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds > 0 && seconds <= MAX_TIMER;
}

/** What a {@link Refresher} loads, when, and whom it tells. All durations are seconds. */
export interface RefresherOptions<Loaded> {
  /**
   * Loads once. May throw, reject or hang.
   *
   * @param signal - aborted when the time is up or the refresher stops; each load has its own
   */
  readonly load: (signal: AbortSignal) => Promise<Loaded>;
  /** Uses what was loaded. Where it throws, the load has failed. */
  readonly apply: (loaded: Loaded) => void;
  /** The pause from the end of one load to the next; see {@link isTimer}. */
  readonly refreshEvery: number;
  /**
   * How old what was loaded may get, counted from when its load began.
   *
   * @defaultValue no limit, as `Infinity`
   */
  readonly maxStale?: number | undefined;
  /** How long a load may take; what it still gives later is ignored. */
  readonly timeout: number;
  /** Makes the error of a load that took longer. */
  readonly timeoutError: () => Error;
  /** Is told of each failed load but the first, of which {@link Refresher.start} tells. */
  readonly onFailure: (error: unknown) => void;
  /** Is told once when what was loaded is too old, and again only after a load that succeeded. */
  readonly onStale?: (() => void) | undefined;
  /**
   * Seconds since the epoch.
   *
   * @defaultValue the system's clock
   */
  readonly clock?: (() => number) | undefined;
}

/**
 * Keeps fresh what is loaded from elsewhere: signing keys, revocation marks.
 *
 * - Loads come one at a time, each `refreshEvery` seconds after the end of the last one. Neither a
 *   failure nor a callback that throws ends them, and nothing rejects unhandled.
 * - Age is counted by the clock and by a timer; what either calls too old is too old. A process that
 *   was frozen or suspended wakes up with timers that are late, and a clock may be set back.
 * - Each read asks {@link Refresher.isStale}. A load that is overdue by the clock begins with that
 *   read; where all is too old, the next load comes forward.
 * - After the first load, no timer keeps the process alive.
 */
export class Refresher<Loaded> {
  readonly #options: RefresherOptions<Loaded>;
  readonly #maxStale: number;
  readonly #clock: () => number;
  #state: 'new' | 'running' | 'stopped' = 'new';
  /** Of the load that is under way. */
  #loading: AbortController | undefined;
  /** When the last load began, when the next is due, and when the last good one began, by the clock. */
  #began = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #loadedAt = Number.NEGATIVE_INFINITY;
  /** Whether the next load was asked to come forward after the last one began. */
  #hastened = false;
  /** Whether the timer says that what was loaded is too old. */
  #expired = false;
  #toldStale = false;
  #refreshTimer: NodeJS.Timeout | undefined;
  #staleTimer: NodeJS.Timeout | undefined;

  constructor(options: RefresherOptions<Loaded>) {
    this.#options = options;
    this.#maxStale = options.maxStale ?? Number.POSITIVE_INFINITY;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Loads for the first time, and then again and again until {@link Refresher.stop}. The first load
   * keeps the process alive, which would otherwise exit silently. What it gives is applied even where
   * the refresher was stopped meanwhile.
   *
   * @throws what the load rejected with, or what `apply` threw; no further load follows then
   */
  async start(): Promise<void> {
    await this.#load({ isFirst: true });
    if (this.#state === 'new') {
      this.#state = 'running';
      this.#schedule(this.#options.refreshEvery);
    }
  }

  /**
   * Whether what was loaded last is older than `maxStale`, or nothing was loaded yet. Looks at the
   * clock once, so that each read can ask.
   */
  isStale(): boolean {
    const now = this.#clock();
    if (now >= this.#due) {
      this.#begin();
    }
    if (!this.#expired && now - this.#loadedAt <= this.#maxStale) {
      return false;
    }
    this.#tellStale();
    this.hasten();
    return true;
  }

  /**
   * Brings the next load forward, because it may bring what was asked for and is not known. Such a
   * load begins 5 seconds after the last one began, or later: whoever asks for what does not exist
   * cannot cause more.
   */
  hasten(): void {
    if (this.#state !== 'running' || this.#hastened) {
      return;
    }
    this.#hastened = true;
    const wait = this.#minWait();
    if (this.#loading === undefined && this.#clock() + wait < this.#due) {
      this.#schedule(wait);
    }
  }

  /** Ends the loads, and aborts the one that is under way. What was loaded last stays. */
  stop(): void {
    this.#state = 'stopped';
    this.#due = Number.POSITIVE_INFINITY;
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#staleTimer);
    this.#loading?.abort();
  }

  #schedule(wait: number): void {
    clearTimeout(this.#refreshTimer);
    if (wait === 0) {
      this.#begin();
      return;
    }
    this.#due = this.#clock() + wait;
    this.#refreshTimer = setTimeout(() => this.#begin(), wait * 1000).unref();
  }

  #begin(): void {
    if (this.#state === 'running' && this.#loading === undefined) {
      clearTimeout(this.#refreshTimer);
      this.#due = Number.POSITIVE_INFINITY;
      void this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    try {
      await this.#load({ isFirst: false });
    } catch (error) {
      this.#tell(() => this.#options.onFailure(error));
    }
    if (this.#state === 'running') {
      const { refreshEvery } = this.#options;
      this.#schedule(this.#hastened ? Math.min(refreshEvery, this.#minWait()) : refreshEvery);
    }
  }

  async #load({ isFirst }: { readonly isFirst: boolean }): Promise<void> {
    const { load, apply, timeout, timeoutError } = this.#options;
    const controller = new AbortController();
    const began = this.#clock();
    this.#loading = controller;
    this.#began = began;
    this.#hastened = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(timeoutError());
        controller.abort();
      }, timeout * 1000);
    });
    if (!isFirst) {
      timer?.unref();
    }
    try {
      // Not within the read that it may have begun with.
      const loading = Promise.resolve().then(() => load(controller.signal));
      const loaded = await Promise.race([loading, late]);
      if (isFirst || this.#state === 'running') {
        apply(loaded);
        this.#becomeFresh(began);
      }
    } finally {
      clearTimeout(timer);
      this.#loading = undefined;
    }
  }

  #becomeFresh(loadedAt: number): void {
    this.#loadedAt = loadedAt;
    this.#expired = false;
    this.#toldStale = false;
    clearTimeout(this.#staleTimer);
    if (this.#state !== 'stopped' && isTimer(this.#maxStale)) {
      const left = between(0, this.#maxStale - this.#elapsed(loadedAt), this.#maxStale);
      this.#staleTimer = setTimeout(() => this.#expire(), left * 1000).unref();
    }
  }

  #expire(): void {
    this.#expired = true;
    this.#tellStale();
  }

  #tellStale(): void {
    if (!this.#toldStale) {
      this.#toldStale = true;
      this.#tell(() => this.#options.onStale?.());
    }
  }

  /** Loggers fail as well, and some errors when they are looked at: no reason to load no more. */
  #tell(what: () => void): void {
    if (this.#state === 'stopped') {
      return;
    }
    try {
      what();
    } catch {
      // Nobody is left who could be told.
    }
  }

  /** How long the next load has to wait, however much it is asked for. */
  #minWait(): number {
    return between(0, MIN_INTERVAL - this.#elapsed(this.#began), MIN_INTERVAL);
  }

  #elapsed(since: number): number {
    return this.#clock() - since;
  }
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

function systemClock(): number {
  return Date.now() / 1000;
}
