import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cookieSignature } from '../../lib/accepts/cookie-signature.js';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { hashesOf } from '../../lib/revocation/revocation-mark.js';
import { memoryRevocations } from '../../lib/revocation/memory-revocations.js';
import type { SecureCookieRevocationSettings } from '../../lib/revocation/revocation-settings.js';
import {
  dateAfterMarks,
  firstIssueOfUndated,
  judgeRevocation,
  SecureCookieRevocations,
} from '../../lib/revocation/secure-cookie-revocations.js';
import type { SecureCookiePolicy } from '../../lib/signing/policy.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { RecordedLog } from '../support/recorded-log.js';
import { TestSource } from '../support/revocation-source.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_700_000_000;

/** Cookies whose values are their keys. */
const Session = defineSecureCookie('session', {
  codec: 'json',
  maxAge: 3600,
  revocableBy: (keys) => (Array.isArray(keys) ? keys.map(String) : []),
});

/** As the documentation of a mark says, without lib/. */
const keyOf = (key: string, name = 'session'): string =>
  createHash('sha256').update(`${name}=${key}`).digest('hex').slice(0, 32);

const hintOf = (key: string, name = 'session'): number => hashesOf(name, key).hint;

const started: SecureCookieRevocations[] = [];
const subscriptions: (readonly [string, (message: unknown) => void])[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: NOW * 1000 });
});

afterEach(() => {
  for (const revocations of started.splice(0)) {
    revocations.stop();
  }
  for (const [name, subscriber] of subscriptions.splice(0)) {
    unsubscribe(name, subscriber);
  }
  jest.useRealTimers();
});

/** Lets this many seconds pass, for timers and the clock. */
async function pass(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

/** What the channels of revocations publish from now on, in order. */
function recordEvents(): (readonly [channel: string, message: unknown])[] {
  const events: (readonly [string, unknown])[] = [];
  for (const channel of ['applied', 'stale']) {
    const subscriber = (message: unknown): unknown => events.push([channel, message]);
    const name = `nestjs-secure-cookie:revocations-${channel}`;
    subscriptions.push([name, subscriber]);
    subscribe(name, subscriber);
  }
  return events;
}

interface Instance {
  readonly revocations: SecureCookieRevocations;
  readonly log: RecordedLog;
}

function instanceOf(
  source: SecureCookieRevocationSettings['source'],
  settings: Partial<SecureCookieRevocationSettings> = {},
  policy: SecureCookiePolicy = {},
): Instance {
  const log = new RecordedLog();
  const signer = new SecureCookieSigner({ secret: SECRET, ...policy });
  const revocations = new SecureCookieRevocations(
    signer,
    { source, refreshEvery: 2, maxStale: 10, ...settings },
    log,
  );
  started.push(revocations);
  return { revocations, log };
}

/** Revokes what is dated a second ahead: that second has to come. */
async function revokeAhead({ revocations }: Instance, key?: string): Promise<void> {
  const revoking =
    key === undefined ? revocations.revokeAll(Session) : revocations.revoke(Session, key);
  await pass(1);
  await revoking;
}

async function startedOn(...given: Parameters<typeof instanceOf>): Promise<Instance> {
  const instance = instanceOf(...given);
  await instance.revocations.start();
  return instance;
}

/** Of an instance whose clock is two seconds behind. */
const clockBehind = (): number => Date.now() / 1000 - 2;

const noKeys = (): string[] => [];

/** A mark that matters for ten seconds. */
const briefMark = (at: number) => ({ key: keyOf(String(at)), at, until: at + 10 });

/** How many seconds from now a cookie is dated that is set now. */
const dateOf = ({ revocations }: Instance, keys = ['user:alice']): number =>
  (dateAfterMarks(revocations, Session, Session.encode(keys)) ?? 0) - NOW;

/** What is said of a cookie of alice, first issued this many seconds from now. */
function judge({ revocations }: Instance, seconds: number, keys = ['user:alice']): unknown {
  return judgeRevocation(revocations, Session, keys, NOW + seconds);
}

describe('settings that are invalid', () => {
  const source = memoryRevocations();
  const good = { source, refreshEvery: 2, maxStale: 10 };

  it.each<[string, unknown]>([
    ['null', null],
    ['a source only', source],
    ['no source', { ...good, source: undefined }],
    ['a source that cannot load', { ...good, source: { record: source.record } }],
    ['a source that cannot record', { ...good, source: { load: async () => undefined } }],
    ['no refreshEvery', { source, maxStale: 10 }],
    ['refreshEvery: 0', { ...good, refreshEvery: 0 }],
    ['refreshEvery: NaN', { ...good, refreshEvery: Number.NaN }],
    ['refreshEvery as text', { ...good, refreshEvery: '2' }],
    ['refreshEvery in milliseconds', { ...good, refreshEvery: 3_000_000, maxStale: 6_000_000 }],
    ['no maxStale', { source, refreshEvery: 2 }],
    ['maxStale at refreshEvery', { ...good, maxStale: 2 }],
    ['maxStale: NaN', { ...good, maxStale: Number.NaN }],
    ['maxStale: -Infinity', { ...good, maxStale: Number.NEGATIVE_INFINITY }],
    ['a misspelt one', { ...good, maxStal: 10 }],
  ])('throw: %s', (_what, settings) => {
    const signer = new SecureCookieSigner({ secret: SECRET });

    expect(thrownBy(() => new SecureCookieRevocations(signer, settings as never))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
    });
  });

  it('throw for a signer without tolerance, by which what is dated a second ahead is refused', () => {
    expect(thrownBy(() => instanceOf(source, {}, { clockTolerance: 0.9 }))).toMatchObject({
      code: 'option',
      message: expect.stringContaining('"clockTolerance"'),
    });
    expect(instanceOf(source, {}, { clockTolerance: 1 })).toBeDefined();
  });
});

describe('a mark that is recorded', () => {
  it('has the hash of the name and the key, the second, and until when it matters', async () => {
    const source = new TestSource();
    const { revocations } = await startedOn(source);
    jest.setSystemTime(NOW * 1000 + 999);
    await revocations.revoke(Session, ['user:alice', 'device:1', 'user:alice']);
    await revocations.revokeAll(Session);

    expect(source.marks).toEqual(
      ['user:alice', 'device:1', ''].map((key) => ({
        key: keyOf(key),
        hint: hintOf(key),
        at: NOW,
        until: NOW + 3600 + 300 + 1,
      })),
    );
  });

  const old = cookieSignature({ secrets: ['of before'], until: new Date((NOW + 9000) * 1000) });

  it.each([
    ['the definition’s maxAge', { maxAge: 60 }, 60],
    ['its absolute age', { maxAge: 60, absoluteMaxAge: 7200 }, 7200],
    ['the signer’s maxAge', {}, 500],
    ['the signer’s, for a cookie of the browser’s session', { maxAge: null }, 500],
    ['the end of a format in accepts', { maxAge: 60, accepts: [old] }, 9000],
    ['what ends later than the format', { maxAge: 9001, accepts: [old] }, 9001],
  ])('matters as long as a cookie can: %s', async (_what, options, lifetime) => {
    const source = new TestSource();
    const { revocations } = await startedOn(source, {}, { maxAge: 500, clockTolerance: 7 });
    const schema = { '~standard': { version: 1, vendor: '', validate: Object } } as never;
    await revocations.revokeAll(
      defineSecureCookie('a', { ...options, schema, codec: 'text', revocableBy: noKeys }),
    );

    expect(source.marks).toEqual([
      { key: keyOf('', 'a'), hint: hintOf('', 'a'), at: NOW, until: NOW + lifetime + 7 + 1 },
    ]);
  });

  it('ends with the last second that is kept, however long the cookie may live', async () => {
    const source = new TestSource();
    const { revocations } = await startedOn(source);
    await revocations.revokeAll(
      defineSecureCookie('a', { absoluteMaxAge: 1e10, revocableBy: noKeys }),
    );

    expect(source.marks).toEqual([
      { key: keyOf('', 'a'), hint: hintOf('', 'a'), at: NOW, until: 0xffff_ffff },
    ]);
  });
});

describe('a cookie is refused', () => {
  it('that was first issued until the second of the revocation, and no later one', async () => {
    const instance = await startedOn(new TestSource());
    await instance.revocations.revoke(Session, 'user:alice');

    expect([-1_000_000, -1, 0, 1].map((seconds) => judge(instance, seconds))).toEqual([
      'revoked',
      'revoked',
      'revoked',
      undefined,
    ]);
    expect(judge(instance, -1, ['user:bob'])).toBeUndefined();
    expect(judge(instance, -1, ['user:bob', 'user:alice'])).toBe('revoked');
    expect(judge(instance, -1, [])).toBeUndefined();
  });

  it('by a mark for all, whatever its keys', async () => {
    const instance = await startedOn(new TestSource());
    await instance.revocations.revokeAll(Session);

    expect(judge(instance, 0, [])).toBe('revoked');
    expect(judge(instance, 0, ['user:bob'])).toBe('revoked');
    expect(judge(instance, 1, ['user:bob'])).toBeUndefined();
  });

  it.each([
    ['all of them, then its user', ['', 'user:alice']],
    ['its user, then all of them', ['user:alice', '']],
    ['its user, then its device', ['user:alice', 'device:1']],
    ['its device, then its user', ['device:1', 'user:alice']],
  ])('by the latest mark of several: %s', async (_what, [first = '', second = '']) => {
    const instance = await startedOn(new TestSource());
    const revoke = (key: string): Promise<void> =>
      key === ''
        ? instance.revocations.revokeAll(Session)
        : instance.revocations.revoke(Session, key);
    await revoke(first);
    await pass(1);
    await revoke(second);

    const said = [0, 1, 2].map((seconds) => judge(instance, seconds, ['user:alice', 'device:1']));
    expect(said).toEqual(['revoked', 'revoked', undefined]);
  });

  it('that carries no date, by any mark', async () => {
    const instance = await startedOn(new TestSource());
    const undated = (): unknown =>
      judgeRevocation(instance.revocations, Session, ['user:alice'], undefined);
    expect(undated()).toBeUndefined();

    await instance.revocations.revoke(Session, 'user:alice');
    expect(undated()).toBe('revoked');
  });

  it('of another name by no mark of this one', async () => {
    const Other = defineSecureCookie('other', { codec: 'json', revocableBy: () => ['user:alice'] });
    const { revocations } = await startedOn(new TestSource());
    await revocations.revoke(Session, 'user:alice');
    await revocations.revokeAll(Session);

    expect(judgeRevocation(revocations, Other, ['user:alice'], NOW - 1)).toBeUndefined();
  });
});

describe('a cookie that is set after a revocation', () => {
  it('in the same second is dated one later, where a mark applies to it', async () => {
    const instance = await startedOn(new TestSource());
    expect(dateOf(instance)).toBe(0);

    await instance.revocations.revoke(Session, 'user:alice');
    expect(dateOf(instance)).toBe(1);
    expect(dateOf(instance, ['user:bob'])).toBe(0);
    expect(judge(instance, 1)).toBeUndefined();

    await pass(1);
    expect(dateOf(instance)).toBe(1);
    await pass(1);
    expect(dateOf(instance)).toBe(2);
  });

  it('is refused by a second revocation, also in the same second', async () => {
    const instance = await startedOn(new TestSource());
    for (let round = 0; round < 5; round += 1) {
      await instance.revocations.revoke(Session, 'user:alice');
      const seconds = dateOf(instance);
      expect(judge(instance, seconds)).toBeUndefined();

      await revokeAhead(instance, 'user:alice');
      expect(judge(instance, seconds)).toBe('revoked');
    }
    const seconds = dateOf(instance);
    await revokeAhead(instance);
    expect(judge(instance, seconds)).toBe('revoked');
  });

  it('is refused by a revocation of another instance that read it, in the same second', async () => {
    const source = new TestSource();
    const one = await startedOn(source);
    await one.revocations.revoke(Session, 'user:alice');
    const other = await startedOn(source);
    const seconds = dateOf(one);
    expect(judge(other, seconds)).toBeUndefined();

    await revokeAhead(other, 'user:alice');
    expect(judge(other, seconds)).toBe('revoked');
    await pass(2);
    expect(judge(one, seconds)).toBe('revoked');
  });

  it('is never dated further ahead, however often a session is ended and begun again', async () => {
    const source = new TestSource();
    const instance = await startedOn(source);
    const began = Date.now();
    for (let round = 0; round < 20; round += 1) {
      const revoking = instance.revocations.revoke(Session, 'device:a');
      await pass(round === 0 ? 0 : 1);
      await revoking;
      const passed = (Date.now() - began) / 1000;
      expect(dateOf(instance, ['user:alice', 'device:a'])).toBeLessThanOrEqual(passed + 1);
    }
    const seconds = dateOf(instance, ['user:alice', 'device:a']);
    await pass(1);

    // Banned by somebody else, on an instance that has never seen that session.
    const other = await startedOn(source);
    await other.revocations.revoke(Session, 'user:alice');
    expect(judge(other, seconds, ['user:alice', 'device:a'])).toBe('revoked');
  });

  it('does not hold up a revocation for long, where its date lies far ahead', async () => {
    const instance = await startedOn(new TestSource());
    expect(judge(instance, 200)).toBeUndefined();
    await revokeAhead(instance, 'user:alice');

    expect(judge(instance, 200)).toBe('revoked');
  });
});

describe('an instance whose clock is two seconds behind', () => {
  it('refuses with the cookie that it was shown, and by what others revoke', async () => {
    const source = new TestSource();
    const right = await startedOn(source);
    const behind = await startedOn(source, {}, { clock: clockBehind });

    // Logged in there this second, logged out here.
    expect(judge(behind, 0)).toBeUndefined();
    await revokeAhead(behind, 'user:alice');
    await pass(2);
    expect([judge(right, 0), judge(behind, 0)]).toEqual(['revoked', 'revoked']);

    await right.revocations.revoke(Session, 'user:bob');
    await pass(2);
    expect(judge(behind, 2, ['user:bob'])).toBe('revoked');
  });

  it('dates what is set after a mark of others after that', async () => {
    const source = new TestSource();
    const right = await startedOn(source);
    await right.revocations.revoke(Session, 'user:alice');
    const behind = await startedOn(source, {}, { clock: clockBehind });

    expect(dateOf(behind)).toBe(1);
  });

  it('keeps a mark as long as a cookie can be valid by its own clock', async () => {
    const source = new TestSource();
    const rarely = { refreshEvery: 1000, maxStale: 2000 };
    const right = await startedOn(source, rarely);
    const behind = await startedOn(source, rarely, { clock: clockBehind });
    await right.revocations.revoke(Session, 'user:alice');
    await pass(3602);

    expect(judge(behind, 0)).toBe('revoked');
  });
});

describe('a revocation that is not recorded', () => {
  it('rejects with the source’s error, and is not applied', async () => {
    const source = new TestSource();
    const instance = await startedOn(source);
    source.state = Object.assign(new Error('the host of alice'), { code: 'ECONNREFUSED' });
    const revoking = instance.revocations.revoke(Session, 'user:alice');

    await expect(revoking).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'revocation-failed',
      cause: source.state,
      message: expect.not.stringContaining('alice'),
    });
    expect(judge(instance, 0)).toBeUndefined();
  });

  it('rejects when it hangs, after two seconds', async () => {
    const source = new TestSource();
    const instance = await startedOn(source);
    source.state = 'hangs';
    jest.useRealTimers();
    const began = performance.now();

    await expect(instance.revocations.revokeAll(Session)).rejects.toMatchObject({
      code: 'revocation-failed',
      cause: { name: 'TimeoutError' },
    });
    expect(performance.now() - began).toBeGreaterThan(1900);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(judge(instance, 0)).not.toBe('revoked');
  });

  it('applies those of several that were', async () => {
    const source = new TestSource();
    const record = source.record.bind(source);
    source.record = async (mark) => {
      if (mark.key === keyOf('user:bob')) {
        throw new Error('no more than one');
      }
      await record(mark);
    };
    const instance = await startedOn(source);

    await expect(
      instance.revocations.revoke(Session, ['user:bob', 'user:alice']),
    ).rejects.toMatchObject({
      code: 'revocation-failed',
      message: expect.stringContaining('1 of 2'),
    });
    expect(judge(instance, 0)).toBe('revoked');
    expect(judge(instance, 0, ['user:bob'])).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['no key', []],
    ['an empty one', ''],
    ['an empty one among others', ['user:alice', '']],
    ['a number', 42],
    ['undefined', undefined],
    ['a hole', Object.assign([], { length: 1 })],
    ['257 characters', 'k'.repeat(257)],
    ['a lone surrogate', '\ud800'],
  ])('because it is of %s, rejects with "value"', async (_what, keys) => {
    const source = new TestSource();
    const { revocations } = await startedOn(source);

    await expect(revocations.revoke(Session, keys as never)).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'value',
    });
    expect(source.marks).toEqual([]);
  });

  it('because nothing of the definition can be revoked, rejects with "option"', async () => {
    const { revocations } = await startedOn(new TestSource());
    const Theme = defineSecureCookie('theme');

    await expect(revocations.revoke(Theme, 'user:alice')).rejects.toMatchObject({ code: 'option' });
    await expect(revocations.revokeAll(Theme)).rejects.toMatchObject({ code: 'option' });
  });
});

describe('the list of an instance', () => {
  it('has what others revoked after refreshEvery and a load, in all its pages', async () => {
    const source = new TestSource();
    const one = await startedOn(source);
    const other = await startedOn(source);
    await one.revocations.revoke(Session, ['user:a', 'user:b', 'user:c', 'user:d', 'user:alice']);
    expect(judge(one, 0)).toBe('revoked');
    expect(judge(other, 0)).toBeUndefined();

    await pass(2);
    expect(judge(other, 0)).toBe('revoked');
  });

  it('has at the start what was revoked before', async () => {
    const source = new TestSource();
    const one = await startedOn(source);
    await one.revocations.revoke(Session, ['user:a', 'user:b', 'user:c', 'user:d', 'user:alice']);

    expect(judge(await startedOn(source), 0)).toBe('revoked');
  });

  it('skips and counts marks of a bad shape, and applies the others', async () => {
    const source = new TestSource();
    const mark = { key: keyOf('user:alice'), at: NOW, until: NOW + 10 };
    source.marks.push(null, { ...mark, at: 'now' }, mark, { ...mark, key: 'user:bob' }, mark);
    const events = recordEvents();
    const instance = await startedOn(source);

    expect(judge(instance, 0)).toBe('revoked');
    expect(events).toEqual([['applied', { applied: 1, skipped: 3, held: 1 }]]);
  });

  it('takes none that are over', async () => {
    const source = new TestSource();
    source.marks.push({ key: keyOf('user:alice'), at: NOW - 10, until: NOW });
    const instance = await startedOn(source);

    expect(judge(instance, -20)).toBeUndefined();
  });

  it('forgets what is over', async () => {
    const source = new TestSource();
    const events = recordEvents();
    const instance = await startedOn(source, { refreshEvery: 60, maxStale: 100 });
    await instance.revocations.revoke(Session, ['user:alice', 'user:bob']);
    await pass(3600 + 300 + 60);
    await instance.revocations.revoke(Session, 'user:carol');

    expect(events.map(([, event]) => event)).toEqual([
      { applied: 1, skipped: 0, held: 1 },
      { applied: 1, skipped: 0, held: 2 },
      { applied: 1, skipped: 0, held: 1 },
    ]);
  });

  it('lets no mark keep people out, whatever date its writer gave it', async () => {
    const source = new TestSource();
    source.marks.push({ key: keyOf('user:alice'), at: NOW + 1_000_000, until: NOW + 2_000_000 });
    const instance = await startedOn(source, {}, { clockTolerance: 30 });
    const seconds = dateOf(instance);

    expect(judge(instance, 0)).toBe('revoked');
    expect(seconds).toBeLessThanOrEqual(30);
    expect(judge(instance, seconds)).toBeUndefined();
  });

  it('keeps the date of a mark that is as far ahead as clocks may differ', async () => {
    const source = new TestSource();
    const tolerant = { clockTolerance: 1 };
    await pass(0.5);
    const ahead = await startedOn(
      source,
      {},
      { ...tolerant, clock: () => Date.now() / 1000 + 0.75 },
    );
    const instance = await startedOn(source, {}, tolerant);
    const seconds = dateOf(ahead);
    await ahead.revocations.revoke(Session, 'user:alice');
    const joining = await startedOn(source, {}, tolerant);
    await pass(2);

    expect(seconds).toBe(1);
    expect([judge(instance, 1), judge(joining, 1)]).toEqual(['revoked', 'revoked']);
  });

  it.each([
    ['was far ahead when it joined', true],
    ['jumped far ahead, and made it forget', false],
  ])('has all marks again after its clock %s, and was set right', async (_what, wasAhead) => {
    const source = new TestSource();
    const one = await startedOn(source);
    await one.revocations.revoke(Session, 'user:alice');
    let ahead = wasAhead ? 86_400 : 0;
    const other = await startedOn(source, {}, { clock: () => Date.now() / 1000 + ahead });
    ahead = 86_400;
    await pass(2);
    expect(judge(other, 0)).toBeUndefined();
    ahead = 0;
    await pass(2);

    expect(judge(other, 0)).toBe('revoked');
  });

  it('is not read anew where its clock is set back by no more than the tolerance', async () => {
    const source = new TestSource();
    const events = recordEvents();
    let ahead = 30;
    const one = await startedOn(
      source,
      {},
      { clock: () => Date.now() / 1000 + ahead, clockTolerance: 30 },
    );
    await one.revocations.revoke(Session, 'user:alice');
    await pass(2);
    const load = jest.spyOn(source, 'load');
    ahead = 0;
    await pass(4);

    expect(load.mock.calls.map(([cursor]) => cursor)).not.toContain(undefined);
    expect(events).toHaveLength(1);
  });

  it('publishes nothing where a load brings nothing new', async () => {
    const source = new TestSource();
    const events = recordEvents();
    const one = await startedOn(source);
    await one.revocations.revoke(Session, 'user:alice');
    await pass(20);

    expect(events).toEqual([['applied', { applied: 1, skipped: 0, held: 1 }]]);
  });
});

describe('a source that fails', () => {
  it('at the start fails the start, and its message is not repeated', async () => {
    const source = new TestSource();
    source.state = Object.assign(new Error('redis://user:hunter2@host'), { code: 'ECONNREFUSED' });
    const { revocations, log } = instanceOf(source);
    const error: unknown = await revocations.start().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'SecureCookieError', code: 'revocations-load' });
    expect([String(error), ...log.lines].join()).not.toContain('hunter2');
    expect(log.lines).toEqual([expect.stringContaining("Error 'ECONNREFUSED'")]);
    await pass(100);
    expect(source.calls).toBe(1);
  });

  it('later leaves the list as it is, until maxStale refuses; the next load mends it', async () => {
    const source = new TestSource();
    const events = recordEvents();
    const instance = await startedOn(source);
    const { revocations, log } = instance;
    await revocations.revoke(Session, 'user:alice');
    source.state = new Error('down');

    await pass(9.9);
    expect(judge(instance, 0)).toBe('revoked');
    expect(judge(instance, 0, ['user:bob'])).toBeUndefined();
    await pass(1);
    expect(judge(instance, 0)).toBe('revoked');
    expect(judge(instance, 0, ['user:bob'])).toBe('revocations-stale');
    await pass(20);
    expect(judge(instance, 0, ['user:bob'])).toBe('revocations-stale');

    source.state = 'works';
    await pass(5);
    expect(judge(instance, 0)).toBe('revoked');
    expect(judge(instance, 0, ['user:bob'])).toBeUndefined();
    expect(log.lines).toEqual([
      expect.stringMatching(/^error: Loading the revocations failed: Error\. /),
      expect.stringMatching(/^error: No revocations were loaded for over 10 seconds/),
    ]);
    expect(events).toEqual([
      ['applied', { applied: 1, skipped: 0, held: 1 }],
      ['stale', { age: expect.any(Number), held: 1 }],
    ]);

    source.state = new Error('down again');
    await pass(15);
    expect(judge(instance, 0, ['user:bob'])).toBe('revocations-stale');
    expect([log.lines.length, events.length]).toEqual([4, 3]);
  });

  it('by what it gives, fails as well', async () => {
    const source = new TestSource();
    for (const page of [undefined, null, [], {}, { cursor: 1, marks: [] }, { cursor: '1' }]) {
      source.load = async () => page as never;

      await expect(instanceOf(source).revocations.start()).rejects.toMatchObject({
        code: 'revocations-load',
      });
    }
  });

  it('stays without effect where the app has chosen to stay open', async () => {
    const source = new TestSource();
    const instance = await startedOn(source, {
      refreshEvery: 1000,
      maxStale: Number.POSITIVE_INFINITY,
    });
    source.state = new Error('down');
    await pass(1_000_000);

    expect(judge(instance, 0, ['user:bob'])).toBeUndefined();
  });

  it('keeps what was read before its failure', async () => {
    const source = new TestSource();
    const instance = await startedOn(source);
    const other = await startedOn(source);
    await other.revocations.revoke(Session, ['user:alice', 'user:a', 'user:b']);
    const load = source.load.bind(source);
    source.load = async (cursor) => {
      const page = await load(cursor);
      source.state = new Error('down');
      return page;
    };
    await pass(2);

    expect(judge(instance, 0)).toBe('revoked');
  });
});

describe('before the first load', () => {
  it.each([10, Number.POSITIVE_INFINITY])('cookies are refused, maxStale: %d', (maxStale) => {
    expect(judge(instanceOf(new TestSource(), { maxStale }), 0)).toBe('revocations-stale');
  });
});

describe('an instance that was frozen for longer than maxStale', () => {
  it('refuses when it wakes up, and asks at once', async () => {
    const source = new TestSource();
    const instance = await startedOn(source);
    const other = await startedOn(source);
    jest.setSystemTime((NOW + 60) * 1000);
    await other.revocations.revoke(Session, 'user:alice');

    expect(judge(instance, 60)).toBe('revocations-stale');
    await pass(0);
    expect(judge(instance, 60)).toBe('revoked');
    expect(judge(instance, 60, ['user:bob'])).toBeUndefined();
  });
});

describe('the first issue of a cookie without a date', () => {
  it('is so early that no mark which was not known then comes before it', async () => {
    const { revocations } = await startedOn(new TestSource(), { refreshEvery: 5 });
    await pass(4);
    expect(firstIssueOfUndated(revocations)).toBe(NOW - 300);
    await pass(2);
    expect(firstIssueOfUndated(revocations)).toBe(NOW + 5 - 300);
  });
});

describe('revocations in memory', () => {
  it('spread to those who share them, and reach those who join later', async () => {
    const source = memoryRevocations();
    const one = await startedOn(source);
    const other = await startedOn(source);
    await one.revocations.revoke(Session, 'user:alice');
    await pass(2);

    expect([judge(other, 0), judge(await startedOn(source), 0)]).toEqual(['revoked', 'revoked']);
  });

  it('are dropped when they are over, and cursors stay right', async () => {
    const source = memoryRevocations();
    const signal = new AbortController().signal;
    await source.record(briefMark(1), signal);
    await source.record(briefMark(2), signal);
    const { cursor } = await source.load(undefined, signal);
    await source.record(briefMark(3), signal);
    await source.record(briefMark(20), signal);

    expect(await source.load(undefined, signal)).toEqual({ cursor: '4', marks: [briefMark(20)] });
    expect(await source.load(cursor, signal)).toEqual({ cursor: '4', marks: [briefMark(20)] });
    expect(await source.load('4', signal)).toEqual({ cursor: '4', marks: [] });
  });

  it.each([
    ['production', 1],
    ['development', 0],
  ])('in %s, are warned of so often: %d', async (environment, warnings) => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = environment;
    try {
      const { log } = await startedOn(memoryRevocations());

      expect(log.lines.filter((line) => line.startsWith('warn: '))).toHaveLength(warnings);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});
