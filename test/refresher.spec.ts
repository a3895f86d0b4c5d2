import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isTimer, MAX_TIMER, Refresher, type RefresherOptions } from '../lib/refresher.js';

/** A source whose loads a test settles one by one, and all that a refresher did with it. */
class Source {
  readonly applied: string[] = [];
  readonly failures: unknown[] = [];
  readonly signals: AbortSignal[] = [];
  stale = 0;
  readonly #calls: {
    readonly resolve: (loaded: string) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  readonly options: RefresherOptions<string> = {
    load: (signal) => {
      this.signals.push(signal);
      return new Promise((resolve, reject) => {
        this.#calls.push({ resolve, reject });
      });
    },
    apply: (loaded) => {
      this.applied.push(loaded);
    },
    refreshEvery: 60,
    maxStale: 150,
    timeout: 10,
    timeoutError: () => new Error('late'),
    onFailure: (error) => {
      this.failures.push(error);
    },
    onStale: () => {
      this.stale += 1;
    },
    clock: undefined,
  };

  get loads(): number {
    return this.#calls.length;
  }

  async resolve(loaded: string): Promise<void> {
    this.#calls.at(-1)?.resolve(loaded);
    await pass(0);
  }

  async reject(error: unknown): Promise<void> {
    this.#calls.at(-1)?.reject(error);
    await pass(0);
  }
}

/** Lets this many seconds pass, for timers and the clock. */
async function pass(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

/** The clock moves, and timers do not: frozen, suspended, or set to another time. */
function jump(seconds: number): void {
  jest.setSystemTime(Date.now() + seconds * 1000);
}

function failing(): never {
  throw new Error('not even this');
}

const started: Refresher<string>[] = [];

async function start(options: Partial<RefresherOptions<string>> = {}) {
  const source = new Source();
  const refresher = new Refresher({ ...source.options, ...options });
  started.push(refresher);
  const starting = refresher.start();
  await pass(0);
  await source.resolve('first');
  await starting;
  return { source, refresher };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  started.splice(0).forEach((refresher) => refresher.stop());
  jest.useRealTimers();
});

describe('the first load', () => {
  it('is over when start resolves', async () => {
    const { source, refresher } = await start();

    expect(source.applied).toEqual(['first']);
    expect(refresher.isStale()).toBe(false);
  });

  it.each<[string, Partial<RefresherOptions<string>>]>([
    ['rejects', { load: () => Promise.reject(new Error('no')) }],
    [
      'throws',
      {
        load: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'gives what cannot be used',
      {
        load: () => Promise.resolve(''),
        apply: () => {
          throw new Error('no');
        },
      },
    ],
  ])('that %s is what start rejects with; nothing follows', async (_, options) => {
    const source = new Source();
    const refresher = new Refresher({ ...source.options, ...options });

    await expect(refresher.start()).rejects.toThrow('no');
    refresher.hasten();
    await pass(1000);

    expect(refresher.isStale()).toBe(true);
    expect([jest.getTimerCount(), source.failures]).toEqual([0, []]);
  });

  it('that hangs ends after its time, with its signal aborted', async () => {
    const source = new Source();
    const starting = new Refresher(source.options).start();
    const rejected = expect(starting).rejects.toThrow('late');
    await pass(9.999);
    const before = source.signals[0]?.aborted;
    await pass(0.001);
    await rejected;

    expect([before, source.signals[0]?.aborted]).toEqual([false, true]);
  });
});

describe('the next load', () => {
  it.each([
    ['succeeds', (source: Source) => source.resolve('next')],
    ['fails', (source: Source) => source.reject(new Error('no'))],
    ['hangs', () => pass(10)],
  ])('follows by the pause, whether the last one %s', async (_, settle) => {
    const { source } = await start();
    const counts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await pass(59.999);
      counts.push(source.loads);
      await pass(0.001);
      counts.push(source.loads);
      await settle(source);
    }

    expect(counts).toEqual([1, 2, 2, 3, 3, 4]);
  });

  it.each<[string, Partial<RefresherOptions<string>>]>([
    ['onFailure', { onFailure: failing }],
    ['onStale', { onStale: failing }],
    ['both', { onFailure: failing, onStale: failing }],
  ])('follows where %s throws', async (_, options) => {
    const { source, refresher } = await start(options);
    for (let round = 0; round < 5; round += 1) {
      await pass(60);
      await source.reject(new Error('no'));
    }
    const stale = refresher.isStale();
    await pass(5);
    await source.resolve('at last');

    expect(stale).toBe(true);
    expect(source.applied).toEqual(['first', 'at last']);
    expect(refresher.isStale()).toBe(false);
  });

  it('that gives what cannot be used has failed', async () => {
    const bad = new Error('bad');
    let applied = 0;
    const { source, refresher } = await start({
      apply: () => {
        applied += 1;
        if (applied > 1) {
          throw bad;
        }
      },
    });
    await pass(60);
    await source.resolve('bad');
    const { length } = source.failures;
    await pass(90);

    expect([length, source.failures[0]]).toEqual([1, bad]);
    expect(refresher.isStale()).toBe(true);
  });

  it('that hung is ignored when it gives something after all', async () => {
    const { source } = await start();
    await pass(60 + 10);
    await source.resolve('too late');

    expect(source.applied).toEqual(['first']);
    expect(source.failures).toEqual([new Error('late')]);
  });
});

describe('what was loaded is too old', () => {
  it('after maxStale, counted from the start of its load, and onStale is called once', async () => {
    const { source, refresher } = await start();
    await pass(60);
    // 9 seconds for a load.
    await pass(9);
    await source.resolve('second');
    await pass(60);
    await source.reject(new Error('no'));
    await pass(150 - 9 - 60 - 0.001);
    const before = refresher.isStale();
    await pass(0.001);
    const after = [refresher.isStale(), refresher.isStale()];

    expect([before, after]).toEqual([false, [true, true]]);
    expect(source.stale).toBe(1);
  });

  it('and told again only after a load that succeeded', async () => {
    const { source, refresher } = await start();
    for (let round = 0; round < 2; round += 1) {
      jump(151);
      refresher.isStale();
      await pass(0);
      await source.resolve('again');
      expect(refresher.isStale()).toBe(false);
    }

    expect(source.stale).toBe(2);
  });

  it.each([undefined, Number.POSITIVE_INFINITY])(
    'never, with a maxStale of %s',
    async (maxStale) => {
      const { source, refresher } = await start({ maxStale });
      jump(1e9);

      expect(refresher.isStale()).toBe(false);
      expect(source.stale).toBe(0);
    },
  );

  it('by the clock alone, in a process that was frozen: and the first read begins a load', async () => {
    const { source, refresher } = await start();
    jump(151);
    const thawed = refresher.isStale();
    await pass(0);
    const loads = source.loads;
    await source.resolve('second');

    expect([thawed, loads]).toEqual([true, 2]);
    expect(refresher.isStale()).toBe(false);
  });

  it('by the timer alone, where the clock was set back', async () => {
    const { source, refresher } = await start({ maxStale: 61 });
    jump(-86_400);
    await pass(60);
    await source.reject(new Error('no'));
    const before = refresher.isStale();
    await pass(1);

    expect([before, refresher.isStale()]).toEqual([false, true]);
  });

  it('not, where the process was frozen for less: and the first read begins the overdue load', async () => {
    const { source, refresher } = await start();
    jump(59.999);
    const early = [refresher.isStale(), await pass(0), source.loads];
    jump(0.001);
    const overdue = [refresher.isStale(), refresher.isStale(), await pass(0), source.loads];
    // The timer, which is late, begins no second one.
    await pass(60);

    expect(early).toEqual([false, undefined, 1]);
    expect(overdue).toEqual([false, false, undefined, 2]);
    expect(source.loads).toBe(2);
  });

  it('and is loaded every 5 seconds then, for as long as there are reads', async () => {
    const { source, refresher } = await start();
    jump(151);
    const counts: number[] = [];
    for (let second = 0; second <= 12; second += 1) {
      refresher.isStale();
      await source.reject(new Error('no'));
      counts.push(source.loads);
      await pass(1);
    }
    // The one that the last reads asked for, and then, without reads, the pause.
    await pass(2);
    counts.push(source.loads);
    await source.reject(new Error('no'));
    await pass(59.999);
    counts.push(source.loads);

    expect(counts).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 5]);
  });

  it('before anything was loaded', () => {
    const { options } = new Source();

    expect(new Refresher(options).isStale()).toBe(true);
  });
});

describe('a load that is asked to come forward', () => {
  it('begins at once, where the last one began 5 seconds ago', async () => {
    const { source, refresher } = await start();
    await pass(5);
    refresher.hasten();
    await pass(0);

    expect(source.loads).toBe(2);
  });

  it('else begins 5 seconds after the last one began, however often it is asked', async () => {
    const { source, refresher } = await start();
    const counts: number[] = [];
    for (let tenth = 0; tenth < 100; tenth += 1) {
      refresher.hasten();
      refresher.hasten();
      await source.resolve('again');
      counts.push(source.loads);
      await pass(0.1);
    }

    expect([counts[0], counts[49], counts[51], counts[99]]).toEqual([1, 1, 2, 2]);
  });

  it('follows one that is under way, 5 seconds after that one began', async () => {
    const { source, refresher } = await start();
    await pass(60);
    refresher.hasten();
    await source.resolve('began before');
    await pass(4.999);
    const early = source.loads;
    await pass(0.001);

    expect([early, source.loads]).toEqual([2, 3]);
  });

  it('follows a slow one at once', async () => {
    const { source, refresher } = await start();
    await pass(60);
    refresher.hasten();
    await pass(9);
    await source.resolve('slow');

    expect(source.loads).toBe(3);
  });

  it('is not put off by it', async () => {
    const { source, refresher } = await start({ refreshEvery: 2 });
    await pass(1.9);
    refresher.hasten();
    await pass(0.1);

    expect(source.loads).toBe(2);
  });

  it('waits no longer than 5 seconds where the clock was set back', async () => {
    const { source, refresher } = await start();
    jump(-86_400);
    refresher.hasten();
    await pass(5);

    expect(source.loads).toBe(2);
  });

  it('is one, and then the pause counts again', async () => {
    const { source, refresher } = await start();
    await pass(5);
    refresher.hasten();
    await pass(0);
    await source.resolve('second');
    await pass(59.999);
    const early = source.loads;
    await pass(0.001);

    expect([early, source.loads]).toEqual([2, 3]);
  });
});

describe('stopped', () => {
  it('it loads no more, whoever asks, and leaves no timer', async () => {
    const { source, refresher } = await start();
    refresher.stop();
    const timers = jest.getTimerCount();
    refresher.hasten();
    const fresh = refresher.isStale();
    jump(151);
    const stale = refresher.isStale();
    await pass(1000);

    expect([timers, source.loads, fresh, stale]).toEqual([0, 1, false, true]);
    expect([source.failures, source.stale]).toEqual([[], 0]);
  });

  it.each([
    ['succeeds', (source: Source) => source.resolve('next')],
    ['fails', (source: Source) => source.reject(new Error('aborted'))],
    ['hangs', () => pass(10)],
  ])('during a load, that is aborted; that it %s is ignored', async (_, settle) => {
    const { source, refresher } = await start();
    await pass(60);
    refresher.stop();
    await settle(source);
    await pass(1000);

    expect([source.signals[1]?.aborted, source.loads]).toEqual([true, 2]);
    expect([source.applied, source.failures]).toEqual([['first'], []]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('during the first load, what that gives is there, and nothing follows', async () => {
    const source = new Source();
    const refresher = new Refresher(source.options);
    const starting = refresher.start();
    await pass(0);
    refresher.stop();
    await source.resolve('first');
    await starting;

    expect([source.applied, source.signals[0]?.aborted]).toEqual([['first'], true]);
    expect([refresher.isStale(), jest.getTimerCount()]).toEqual([false, 0]);
  });
});

describe('durations', () => {
  it.each([0.001, 1, MAX_TIMER])('of %s seconds can be waited', (seconds) => {
    expect(isTimer(seconds)).toBe(true);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, MAX_TIMER + 0.001, '60', null, 60n])(
    'of %s cannot',
    (seconds) => {
      expect(isTimer(seconds)).toBe(false);
    },
  );
});
