import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, type DynamicModule, type LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  SecureCookie,
  SecureCookieError,
  SecureCookieModule,
  SecureCookieReader,
  SecureCookieSigner,
  type SecureCookieKeyProvider,
  type SecureCookieKeys,
  type SecureCookieModuleInput,
} from 'nestjs-secure-cookie';
import { SecureCookieKeyRefresher } from '../../lib/module/key-refresher.js';
import { platforms, startApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

const MAX_TIMER = 2_147_483;

const OLD_KEYS: SecureCookieKeys = { secret: { 1: SECRET }, keyVersion: 1 };
const NEW_KEYS: SecureCookieKeys = { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 };

/** What Nest's Logger was given, by level. */
class Recorder implements LoggerService {
  readonly errors: unknown[][] = [];
  readonly others: unknown[][] = [];

  error(...logged: unknown[]): void {
    // Between the message and the context stands the stack of an error: there is none.
    this.errors.push(logged.filter((part) => part !== undefined));
  }

  log(...logged: unknown[]): void {
    this.others.push(logged);
  }

  warn(...logged: unknown[]): void {
    this.others.push(logged);
  }
}

const failed = (what: string): unknown[] => [
  `Loading the keys failed: ${what}. The last good keys stay in use as long as "maxStale" allows.`,
  'SecureCookieModule',
];

/** A load whose calls a test settles one by one. */
class HandLoad {
  readonly signals: AbortSignal[] = [];
  readonly #calls: PromiseWithResolvers<SecureCookieKeys>[] = [];

  readonly load = (signal: AbortSignal): Promise<SecureCookieKeys> => {
    this.signals.push(signal);
    const call = withResolvers<SecureCookieKeys>();
    this.#calls.push(call);
    return call.promise;
  };

  get count(): number {
    return this.#calls.length;
  }

  async resolve(index: number, keys: unknown): Promise<void> {
    this.#calls[index]?.resolve(keys as SecureCookieKeys);
    await turn();
  }

  async reject(index: number, error: unknown): Promise<void> {
    this.#calls[index]?.reject(error);
    await turn();
  }
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let settle: Omit<PromiseWithResolvers<Value>, 'promise'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) {
    throw new Error('A promise calls its executor at once.');
  }
  return { promise, ...settle };
}

const running: { close(): Promise<unknown> }[] = [];
let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  jest.useRealTimers();
});

/** The signer of an app, once that is initialized. */
async function startSigner(input: SecureCookieModuleInput | DynamicModule) {
  const module =
    typeof input === 'object' && 'module' in input ? input : SecureCookieModule.forRoot(input);
  const testing = await Test.createTestingModule({ imports: [module] })
    .setLogger(recorder)
    .compile();
  running.push(testing);
  await testing.init();
  return { signer: testing.get(SecureCookieSigner), close: () => testing.close() };
}

/** Timers and the clock stand still: promises and Nest go on. */
function stopTimers(): void {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'],
  });
}

/** The clock goes on and timers do not, as in a process that is frozen or suspended. */
function freeze(seconds: number): void {
  jest.setSystemTime(Date.now() + seconds * 1000);
}

/** Lets this many seconds pass. */
async function pass(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
  await turn();
}

/** An app whose first load gave the old keys; the test settles the others. */
async function startWithHandLoad(keys: Omit<SecureCookieKeyProvider, 'load'>) {
  stopTimers();
  const hand = new HandLoad();
  const starting = startSigner({ keys: { load: hand.load, ...keys } });
  await turn();
  await hand.resolve(0, OLD_KEYS);
  return { hand, ...(await starting) };
}

/** The version of the key that signs. */
const signingKey = (signer: SecureCookieSigner): number => {
  const result = signer.verify('key', signer.sign('key', 'value'));
  return result.valid ? result.keyVersion : Number.NaN;
};

describe('the option "keys"', () => {
  const load = (): Promise<SecureCookieKeys> => Promise.resolve(OLD_KEYS);

  it.each([
    ['no pause', { load }],
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, MAX_TIMER + 0.001, '60', null, 60n].map(
      (refreshEvery) => [`a pause of ${inspect(refreshEvery)}`, { load, refreshEvery }] as const,
    ),
    ['no load', { refreshEvery: 60 }],
    ['a load that is no function', { load: OLD_KEYS, refreshEvery: 60 }],
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, MAX_TIMER + 0.001, '90', null, 60, 59].map(
      (maxStale) =>
        [`a maxStale of ${inspect(maxStale)}`, { load, refreshEvery: 60, maxStale }] as const,
    ),
  ])('with %s is refused at the call', (_, keys) => {
    expect(() => SecureCookieModule.forRoot({ keys } as never)).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'option' }),
    );
  });

  it.each([
    { refreshEvery: 0.001 },
    { refreshEvery: 60 },
    { refreshEvery: MAX_TIMER },
    { refreshEvery: 60, maxStale: undefined },
    { refreshEvery: 60, maxStale: 60.001 },
    { refreshEvery: 60, maxStale: MAX_TIMER },
  ])('with %j is accepted', async (times) => {
    stopTimers();
    const { signer } = await startSigner({ keys: { load, ...times } });

    expect(signingKey(signer)).toBe(1);
  });

  it('never stands beside "secret": the compiler says so, and so does the call', async () => {
    const keys = { load, refreshEvery: 60 };
    // @ts-expect-error: one of them
    const both = (): DynamicModule => SecureCookieModule.forRoot({ secret: SECRET, keys });
    // @ts-expect-error: the version that signs comes with the keys
    SecureCookieModule.forRoot({ keyVersion: 1, keys });
    const option: unknown = expect.objectContaining({ name: 'SecureCookieError', code: 'option' });

    expect(both).toThrow(option);
    await expect(
      startSigner(
        SecureCookieModule.forRootAsync({
          // @ts-expect-error: one of them
          useFactory: () => ({ secret: SECRET, keys }),
        }),
      ),
    ).rejects.toEqual(option);
  });

  it('may come from a factory, and its load be a method', async () => {
    class Vault {
      readonly #keys = NEW_KEYS;
      readonly refreshEvery = 60;

      load(): Promise<SecureCookieKeys> {
        return Promise.resolve(this.#keys);
      }
    }
    const { signer } = await startSigner(
      SecureCookieModule.forRootAsync({ useFactory: () => ({ keys: new Vault() }) }),
    );

    expect(signingKey(signer)).toBe(2);
  });

  it('leaves the rest of the policy to the other options', async () => {
    const { signer } = await startSigner({
      keys: { load: () => Promise.resolve({ secret: 'short' }), refreshEvery: 60 },
      allowWeakSecrets: true,
      maxAge: 60,
      minVersion: 1,
    });

    expect(signer).toMatchObject({ maxAge: 60, minVersion: 1 });
    expect(signingKey(signer)).toBe(0);
  });
});

describe.each(platforms)('the first load, on $platform', (platform) => {
  @Controller()
  class UserController {
    @Get()
    user(@SecureCookie('user') user: string | undefined): object {
      return { user: user ?? null };
    }
  }

  it('comes before the first request', async () => {
    const hand = new HandLoad();
    @Module({
      imports: [SecureCookieModule.forRoot({ keys: { load: hand.load, refreshEvery: 60 } })],
      controllers: [UserController],
    })
    class AppModule {}
    let started = false;
    const starting = startApp(platform, AppModule).then((app) => {
      started = true;
      return app;
    });
    while (hand.count === 0) {
      await turn();
    }
    // Longer than an app takes that waits for nothing.
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    const startedBefore = started;
    await hand.resolve(0, { secret: SECRET });
    const app = await starting;
    running.push(app);
    const response = await fetch(app.url, { headers: { cookie: cookieHeader('user', 'alice') } });

    expect(startedBefore).toBe(false);
    expect(await response.json()).toEqual({ user: 'alice' });
  });
});

const withCode = (code: unknown): Error => Object.assign(new TypeError(SECRET), { code });

describe('a first load that fails', () => {
  it.each<[string, () => unknown, string]>([
    ['a promise that rejects', () => Promise.reject(new RangeError(SECRET)), 'RangeError'],
    ['an exception', () => JSON.parse(`{"secret":"${SECRET}"`), 'SyntaxError'],
    ['an error with a code', () => Promise.reject(withCode('ENOENT')), "TypeError 'ENOENT'"],
    ['a secret for a code', () => Promise.reject(withCode(SECRET)), 'TypeError'],
    ['a number for a code', () => Promise.reject(withCode(42)), 'TypeError'],
    ['text that is thrown', () => Promise.reject(SECRET), 'a thrown string'],
    ['nothing that is thrown', () => Promise.reject(), 'a thrown undefined'],
    ['no keys', () => Promise.resolve(), "SecureCookieError 'secret-missing'"],
    ['the secret alone', () => Promise.resolve(SECRET), "SecureCookieError 'option'"],
    [
      'a weak secret',
      () => Promise.resolve({ secret: 'short' }),
      "SecureCookieError 'secret-weak'",
    ],
    [
      'a signing key that is not there',
      () => Promise.resolve({ secret: { 1: SECRET }, keyVersion: 2 }),
      "SecureCookieError 'key-version'",
    ],
  ])('by %s fails the start, and is logged without its message', async (_, load, what) => {
    const error: unknown = await startSigner({
      keys: { load: load as SecureCookieKeyProvider['load'], refreshEvery: 60 },
    }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(SecureCookieError);
    expect(error).toMatchObject({ code: 'keys-load' });
    expect(error).not.toHaveProperty('cause');
    expect(recorder.errors).toEqual([
      [`Loading the keys failed at start-up: ${what}`, 'SecureCookieModule'],
    ]);
    expect(JSON.stringify([recorder, String(error)])).not.toContain(SECRET);
    expect(String(error)).toContain(`: ${what}.`);
  });

  it('by hanging does so after 10 seconds, and its signal is aborted', async () => {
    stopTimers();
    const hand = new HandLoad();
    let failure: unknown;
    const starting = startSigner({ keys: { load: hand.load, refreshEvery: 60 } }).catch(
      (error: unknown) => {
        failure = error;
      },
    );
    await turn();
    await pass(9.999);
    const before = [failure, hand.signals[0]?.aborted];
    await pass(0.001);
    await starting;

    expect(before).toEqual([undefined, false]);
    expect(failure).toMatchObject({ name: 'SecureCookieError', code: 'keys-load' });
    expect(hand.signals[0]?.aborted).toBe(true);
    expect(recorder.errors).toEqual([
      ["Loading the keys failed at start-up: SecureCookieError 'keys-load'", 'SecureCookieModule'],
    ]);
    await pass(1000);
    expect(hand.count).toBe(1);
  });
});

describe('the next load', () => {
  it('comes after the pause, and turns the keys', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60 });
    await pass(59.999);
    const early = hand.count;
    await pass(0.001);
    await hand.resolve(1, NEW_KEYS);

    expect([early, hand.count]).toEqual([1, 2]);
    expect(signingKey(signer)).toBe(2);
    expect(recorder.errors).toEqual([]);
  });

  it('comes one at a time: its pause begins when the last one has settled', async () => {
    const { hand } = await startWithHandLoad({ refreshEvery: 2 });
    const counts: number[] = [];
    await pass(2);
    // The second takes 9 seconds, the third fails.
    await pass(9);
    counts.push(hand.count);
    await hand.resolve(1, NEW_KEYS);
    await pass(1.999);
    counts.push(hand.count);
    await pass(0.001);
    counts.push(hand.count);
    await pass(5);
    await hand.reject(2, new Error('no answer'));
    await pass(1.999);
    counts.push(hand.count);
    await pass(0.001);
    counts.push(hand.count);

    expect(counts).toEqual([2, 2, 3, 3, 4]);
  });

  it('may be as far as Node’s timers reach', async () => {
    const { hand } = await startWithHandLoad({ refreshEvery: MAX_TIMER });
    await pass(MAX_TIMER - 1);
    const early = hand.count;
    await pass(1);

    expect([early, hand.count]).toEqual([1, 2]);
  });

  it('that hangs fails after 10 seconds; what it still gives is ignored', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60 });
    await pass(60 + 9.999);
    const before = [recorder.errors.length, hand.signals[1]?.aborted];
    await pass(0.001);
    const after = [recorder.errors.length, hand.signals[1]?.aborted];
    await hand.resolve(1, NEW_KEYS);
    await pass(59.999);
    const early = hand.count;
    await pass(0.001);

    expect([before, after]).toEqual([
      [0, false],
      [1, true],
    ]);
    expect(recorder.errors).toEqual([failed("SecureCookieError 'keys-load'")]);
    expect(signingKey(signer)).toBe(1);
    expect([early, hand.count]).toEqual([2, 3]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, "SecureCookieError 'secret-missing'"],
    ['no secret', {}, "SecureCookieError 'secret-missing'"],
    ['an empty record', { secret: {}, keyVersion: 1 }, "SecureCookieError 'secret-missing'"],
    [
      'a weak secret beside a good one',
      { secret: { 1: OTHER_SECRET, 2: 'short' }, keyVersion: 1 },
      "SecureCookieError 'secret-weak'",
    ],
    [
      'a signing key that is not there',
      { secret: { 1: OTHER_SECRET }, keyVersion: 2 },
      "SecureCookieError 'key-version'",
    ],
    ['a number', { secret: 1 }, "SecureCookieError 'option'"],
  ])('that gives %s leaves the last good keys, and is logged once', async (_, keys, what) => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60 });
    const before = signer.sign('key', 'value');
    await pass(60);
    await hand.resolve(1, keys);

    expect(signingKey(signer)).toBe(1);
    expect(signer.unsign('key', before)).toBe('value');
    expect(recorder.errors).toEqual([failed(what)]);

    await pass(60);
    await hand.resolve(2, NEW_KEYS);
    expect(signingKey(signer)).toBe(2);
    expect(recorder.errors).toHaveLength(1);
  });

  it('that fails is logged once a failure, by name and code and never by its message', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60 });
    for (const [index, error] of [
      new SyntaxError(SECRET),
      Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }),
      SECRET,
    ].entries()) {
      await pass(60);
      await hand.reject(index + 1, error);
    }

    expect(recorder.errors).toEqual([
      failed('SyntaxError'),
      failed("Error 'ECONNREFUSED'"),
      failed('a thrown string'),
    ]);
    expect(JSON.stringify(recorder)).not.toContain(SECRET);
    expect(signingKey(signer)).toBe(1);
  });
});

describe('keys that were not refreshed for too long', () => {
  const stale: unknown[] = [
    'No keys were loaded for 150 seconds: cookies are refused until a load succeeds.',
    'SecureCookieModule',
  ];

  it('read nothing and sign nothing, until a load succeeds', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    const signed = signer.sign('key', 'value');
    await pass(60);
    await hand.reject(1, new Error('no answer'));
    await pass(60);
    await hand.reject(2, new Error('no answer'));
    await pass(29.999);
    const inTime = signer.unsign('key', signed);
    await pass(0.001);

    expect(inTime).toBe('value');
    expect(signer.verify('key', signed)).toEqual({ valid: false, reason: 'unknown-key' });
    expect(new SecureCookieReader(signer, `key=${signed}; key=${signed}`).verify('key')).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
    expect(() => signer.sign('key', 'value')).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'keys-stale' }),
    );
    expect(recorder.errors).toEqual([failed('Error'), failed('Error'), stale]);

    // The first read that was refused has begun it.
    await turn();
    await hand.resolve(3, NEW_KEYS);
    expect(signer.unsign('key', signed)).toBe('value');
    expect(signingKey(signer)).toBe(2);
  });

  it('is counted from the last good load', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    await pass(60);
    await hand.resolve(1, NEW_KEYS);
    await pass(60);
    await hand.reject(2, new Error('no answer'));
    await pass(89.999);
    const inTime = signingKey(signer);
    await pass(0.001);

    expect(inTime).toBe(2);
    expect(() => signingKey(signer)).toThrow(expect.objectContaining({ code: 'keys-stale' }));
  });

  it('stay for ever where there is no such limit', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: MAX_TIMER });
    for (let refresh = 1; refresh <= 3; refresh += 1) {
      await pass(MAX_TIMER);
      await hand.reject(refresh, new Error('no answer'));
    }

    expect(signingKey(signer)).toBe(1);
  });
});

describe('a process that was frozen', () => {
  it('for longer than maxStale refuses all, and its first read begins a load', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    const signed = signer.sign('key', 'value');
    freeze(151);
    const thawed = signer.verify('key', signed);
    await turn();
    const loads = hand.count;
    await hand.resolve(1, NEW_KEYS);

    expect(thawed).toEqual({ valid: false, reason: 'unknown-key' });
    expect(loads).toBe(2);
    expect(signer.unsign('key', signed)).toBe('value');
  });

  it('for longer than maxStale signs nothing either', async () => {
    const { signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    freeze(151);

    expect(() => signer.sign('key', 'value')).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'keys-stale' }),
    );
  });

  it('for less refuses nothing, and its first read begins the overdue load', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    const signed = signer.sign('key', 'value');
    freeze(149);
    const thawed = signer.unsign('key', signed);
    await turn();

    expect([thawed, hand.count]).toEqual(['value', 2]);
  });
});

describe('a key version that is not there', () => {
  const NEWEST_KEYS: SecureCookieKeys = { secret: { 3: OTHER_SECRET }, keyVersion: 3 };
  const signed = new SecureCookieSigner(NEWEST_KEYS).sign('key', 'value');

  it('brings the next load forward', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 300 });
    await pass(5);
    const before = signer.verify('key', signed);
    await turn();
    await hand.resolve(1, NEWEST_KEYS);

    expect(before).toEqual({ valid: false, reason: 'unknown-key' });
    expect(signer.unsign('key', signed)).toBe('value');
  });

  it('does so every 5 seconds and no more, whatever clients send', async () => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 300 });
    for (let tenth = 0; tenth < 600; tenth += 1) {
      const version = `${10 + tenth}`;
      signer.verify('key', signed.replace('|1:3|', `|${version.length}:${version}|`));
      if (hand.count > 1) {
        await hand.resolve(hand.count - 1, OLD_KEYS);
      }
      await pass(0.1);
    }

    // The first, and one every 5 seconds of a minute.
    expect(hand.count).toBe(1 + 12);
  });

  it.each([
    ['a signature that is wrong', signed.replace('|1:3|', '|1:1|')],
    ['no signed value', 'value'],
    ['nothing', undefined],
  ])('is not %s', async (_, value) => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 300 });
    signer.verify('key', value);
    await pass(299.999);

    expect(hand.count).toBe(1);
  });
});

function failing(): never {
  throw new Error('not even this');
}

describe('the loads go on', () => {
  it.each<[string, () => unknown]>([
    ['a name that throws', () => Object.defineProperty(new Error(), 'name', { get: failing })],
    ['a code that throws', () => Object.defineProperty(new Error(), 'code', { get: failing })],
    ['a message for a name', () => Object.assign(new Error(), { name: SECRET })],
  ])('after an error with %s, which is logged without it', async (_, error) => {
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60 });
    await pass(60);
    await hand.reject(1, error());
    await pass(60);
    await hand.resolve(2, NEW_KEYS);

    expect(recorder.errors).toHaveLength(1);
    expect(JSON.stringify(recorder)).not.toContain(SECRET);
    expect(signingKey(signer)).toBe(2);
  });

  it('where the logger throws, and nothing rejects unhandled', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const { hand, signer } = await startWithHandLoad({ refreshEvery: 60, maxStale: 90 });
    const logged = jest.spyOn(recorder, 'error').mockImplementation(failing);
    await pass(60);
    await hand.reject(1, new Error('no answer'));
    await pass(60);
    await hand.resolve(2, NEW_KEYS);
    await turn();
    process.off('unhandledRejection', unhandled);

    expect(logged).toHaveBeenCalledTimes(2);
    expect(unhandled).not.toHaveBeenCalled();
    expect(signingKey(signer)).toBe(2);
  });
});

describe('when the app shuts down', () => {
  it('no load follows, and no timer is left', async () => {
    const { hand, signer, close } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    await close();
    const left = jest.getTimerCount();
    await pass(149);

    expect([left, hand.count]).toEqual([0, 1]);
    // Requests that are still answered are answered with the keys that are there, while these last.
    expect(signingKey(signer)).toBe(1);
    expect(recorder.errors).toEqual([]);
  });

  it.each([
    ['succeeds', (hand: HandLoad) => hand.resolve(1, NEW_KEYS)],
    ['fails', (hand: HandLoad) => hand.reject(1, new Error('aborted'))],
    ['hangs', () => pass(10)],
  ])('a load that is under way is aborted; that it %s is ignored', async (_, settle) => {
    const { hand, signer, close } = await startWithHandLoad({ refreshEvery: 60, maxStale: 150 });
    await pass(60);
    await close();
    const { aborted } = hand.signals[1] ?? {};
    await settle(hand);
    await pass(70);

    expect([aborted, hand.count]).toEqual([true, 2]);
    expect(signingKey(signer)).toBe(1);
    expect(recorder.errors).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('when the app shuts down during the first load, as of a module that is loaded lazily', () => {
  it('the keys that still come start no timer', async () => {
    stopTimers();
    const hand = new HandLoad();
    const refresher = new SecureCookieKeyRefresher();
    const starting = refresher.createSigner(
      { load: hand.load, refreshEvery: 60, maxStale: 150 },
      {},
    );
    await turn();
    refresher.onModuleDestroy();
    await hand.resolve(0, OLD_KEYS);
    const signer = await starting;

    expect(hand.signals[0]?.aborted).toBe(true);
    expect(signingKey(signer)).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
