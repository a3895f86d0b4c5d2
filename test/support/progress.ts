/** Where progress is shown: a terminal gets one line that changes, anything else a line now and then. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** What is being worked on. */
export interface ProgressOptions {
  readonly title: string;
  /** How many units there are to do. */
  readonly total: number;
  /** Shown, so that a run can be repeated. */
  readonly seed?: number | undefined;
  /** `'none'` shows nothing: tests under Jest have their own report. */
  readonly stream?: ProgressStream | 'none' | undefined;
}

const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 10_000;

const ERASE_LINE = '\r\x1b[K';

/**
 * Shows how far a long run is, and hears Ctrl-C: the run asks `stopped` between two batches, and ends
 * with what it has. A second Ctrl-C ends the process as usual.
 *
 * @example
 * const progress = new Progress({ title: 'mutations', total });
 * while (!progress.done) {
 *   work(batch);
 *   await progress.advance(batch);
 * }
 * progress.finish();
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #stream: ProgressStream | undefined;
  readonly #started = performance.now();
  readonly #onInterrupt = (): void => {
    this.#stopped = true;
  };
  #count = 0;
  #shown = performance.now();
  #stopped = false;

  constructor(options: ProgressOptions) {
    const { stream = process.stderr } = options;
    this.#options = options;
    this.#stream = stream === 'none' ? undefined : stream;
    process.once('SIGINT', this.#onInterrupt);
  }

  /** How many units are done. */
  get count(): number {
    return this.#count;
  }

  /** How many units are left. */
  get remaining(): number {
    return Math.max(0, this.#options.total - this.#count);
  }

  /** Whether Ctrl-C was pressed. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether to go on no longer: all is done, or Ctrl-C was pressed. */
  get done(): boolean {
    return this.#stopped || this.remaining === 0;
  }

  /** Counts what was done, and lets the event loop turn: without that, no signal is heard. */
  async advance(count: number): Promise<void> {
    this.#count += count;
    const interval = this.#stream?.isTTY === true ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
    if (performance.now() - this.#shown >= interval) {
      this.#shown = performance.now();
      this.#show();
    }
    await new Promise(setImmediate);
  }

  /** Ends the line, and listens to Ctrl-C no more. */
  finish(): void {
    process.removeListener('SIGINT', this.#onInterrupt);
    this.#show();
    if (this.#stream?.isTTY === true) {
      this.#stream.write('\n');
    }
  }

  #show(): void {
    const line = this.#line();
    this.#stream?.write(this.#stream.isTTY === true ? `${ERASE_LINE}${line}` : `${line}\n`);
  }

  #line(): string {
    const { title, total, seed } = this.#options;
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = this.#count / Math.max(seconds, 0.001);
    const left = rate === 0 ? '?' : String(Math.ceil(this.remaining / rate));
    const parts = [
      `${title}: ${grouped(this.#count)} of ${grouped(total)}`,
      `${grouped(Math.round(rate))}/s`,
      this.#stopped ? `stopped after ${Math.round(seconds)} s` : `${left} s left`,
      ...(seed === undefined ? [] : [`seed ${seed}`]),
    ];
    return parts.join(', ');
  }
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
