/** The longest wait in seconds. Node's timers count milliseconds in 32 bits, and fire at once above. */
export const MAX_TIMER = 2_147_483;

/** The fewest seconds from the start of one load to the start of one that is brought forward. */
const MIN_INTERVAL = 5;

/** Whether a timer can wait for this number of seconds. */
export function isTimer(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds > 0 && seconds <= MAX_TIMER;
}

/** What a {@link Refresher} loads, and when; its callbacks. All durations are seconds. */
export interface RefresherOptions<Loaded> {
  /**
   * Loads once. May throw, reject or hang.
   *
   * @param signal - aborted when the load times out or the refresher stops; each load has its own
   */
  readonly load: (signal: AbortSignal) => Promise<Loaded>;
  /** Uses what was loaded. If it throws, the load has failed. */
  readonly apply: (loaded: Loaded) => void;
  /** The pause from the end of one load to the next; see {@link isTimer}. */
  readonly refreshEvery: number;
  /**
   * How old the loaded data may get, counted from the start of its load.
   *
   * @defaultValue no limit, as `Infinity`
   */
  readonly maxStale: number | undefined;
  /** How long a load may take; a later result is ignored. */
  readonly timeout: number;
  /** Makes the error for a load that took longer. */
  readonly timeoutError: () => Error;
  /** Called after each failed load except the first: there {@link Refresher.start} rejects. */
  readonly onFailure: (error: unknown) => void;
  /** Called once when the loaded data is too old, and again only after a load has succeeded. */
  readonly onStale: (() => void) | undefined;
  /**
   * Seconds since the epoch.
   *
   * @defaultValue the system's clock
   */
  readonly clock: (() => number) | undefined;
}

/**
 * Loads data again and again, so that it stays fresh: signing keys, revocation marks.
 *
 * - One load runs at a time, each `refreshEvery` seconds after the end of the last one. They go on
 *   after a failure or a callback that throws, and no rejection is left unhandled.
 * - Age is counted by the clock and by a timer, and the data is too old if either says so: timers are
 *   late in a process that was frozen or suspended, and a clock may be set back.
 * - Each read calls {@link Refresher.isStale}. That starts a load that is overdue by the clock, and
 *   brings the next load forward if the data is too old.
 * - After the first load, no timer keeps the process alive.
 */
export class Refresher<Loaded> {
  readonly #options: RefresherOptions<Loaded>;
  readonly #maxStale: number;
  readonly #clock: () => number;
  #state: 'new' | 'running' | 'stopped' = 'new';
  /** Aborts the load that is under way. */
  #loading: AbortController | undefined;
  /** By the clock: when the last load began, when the next is due, when the last good one began. */
  #began = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #loadedAt = Number.NEGATIVE_INFINITY;
  /** Whether the next load was asked to come forward after the last one began. */
  #hastened = false;
  /** Whether the timer says that the data is too old. */
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
   * keeps the process alive: otherwise the process would exit silently. Its result is applied even if
   * the refresher was stopped in the meantime.
   *
   * @throws what the load rejected with, or what `apply` threw; then no further load follows
   */
  async start(): Promise<void> {
    await this.#load({ isFirst: true });
    if (this.#state === 'new') {
      this.#state = 'running';
      this.#schedule(this.#options.refreshEvery);
    }
  }

  /**
   * Whether the data is older than `maxStale`, or nothing was loaded yet. Reads the clock at most once,
   * so that each read can call it.
   *
   * @param now - the time of that clock, if the caller has just read it
   */
  isStale(now = this.#clock()): boolean {
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
   * Brings the next load forward, because it may bring data that was asked for and is not there. Such
   * a load begins at least 5 seconds after the last one began, so that clients that ask for what does
   * not exist cannot cause more loads.
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

  /** Stops loading, and aborts the load that is under way. The data stays. */
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
      // A read may have started this load; it runs after that read.
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

  /** A callback may throw (a logger, or an error's own getter); loading must go on. */
  #tell(what: () => void): void {
    if (this.#state === 'stopped') {
      return;
    }
    try {
      what();
    } catch {
      // There is nobody left to tell.
    }
  }

  /** How long the next load must wait, however often it is asked for. */
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
