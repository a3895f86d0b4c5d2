import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ownKeyProvider } from '../../lib/signing/key-provider.js';
import type { SecureCookieKeys } from '../../lib/signing/key-ring.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const MAX_TIMER = 2_147_483;
const KEYS: SecureCookieKeys = { secret: SECRET };
const { signal } = new AbortController();

const load = (): Promise<SecureCookieKeys> => Promise.resolve(KEYS);

const refusal = (message: string): unknown =>
  expect.objectContaining({ name: 'SecureCookieError', code: 'option', message });

describe('a key provider', () => {
  it.each([
    { refreshEvery: 0.001 },
    { refreshEvery: 60 },
    { refreshEvery: MAX_TIMER },
    { refreshEvery: 60, maxStale: undefined },
    { refreshEvery: 60, maxStale: 60.001 },
    { refreshEvery: 60, maxStale: MAX_TIMER },
  ])('may have the times %j', async (times) => {
    const own = ownKeyProvider({ load, ...times });

    expect(own).toEqual({ maxStale: undefined, ...times, load: expect.any(Function) });
    await expect(own.load(signal)).resolves.toBe(KEYS);
  });

  it('may be an instance of a class, whose method loads as one and gets the signal', async () => {
    class Vault {
      readonly refreshEvery = 60;
      readonly #asked: AbortSignal[] = [];

      load(given: AbortSignal): Promise<SecureCookieKeys> {
        this.#asked.push(given);
        return Promise.resolve(KEYS);
      }

      get asked(): readonly AbortSignal[] {
        return this.#asked;
      }
    }
    const vault = new Vault();

    await expect(ownKeyProvider(vault).load(signal)).resolves.toBe(KEYS);
    expect(vault.asked).toEqual([signal]);
  });

  it('is copied: what is changed later counts for nothing', async () => {
    const given = { load, refreshEvery: 60, maxStale: 90 };
    const own = ownKeyProvider(given);
    Object.assign(given, { load: undefined, refreshEvery: 0, maxStale: 0 });

    expect(own).toMatchObject({ refreshEvery: 60, maxStale: 90 });
    await expect(own.load(signal)).resolves.toBe(KEYS);
  });
});

describe('a key provider that is refused', () => {
  it.each([
    ['none', {}],
    ['keys', { load: KEYS }],
    ['a promise', { load: Promise.resolve(KEYS) }],
  ])('for a load that is %s', (_, given) => {
    expect(thrownBy(() => ownKeyProvider({ refreshEvery: 60, ...given } as never))).toEqual(
      refusal(
        'The option "keys.load" must be a function that returns a promise of { secret, keyVersion }.',
      ),
    );
  });

  it.each(
    [
      undefined,
      null,
      0,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      MAX_TIMER + 0.001,
      '60',
      60n,
    ].map((refreshEvery) => [inspect(refreshEvery), refreshEvery]),
  )('for a pause of %s', (_, refreshEvery) => {
    expect(thrownBy(() => ownKeyProvider({ load, refreshEvery } as never))).toEqual(
      refusal(
        'The option "keys.refreshEvery" must be a number of seconds above 0 and at most 2147483.',
      ),
    );
  });

  it.each(
    [null, 0, -1, 59, 60, Number.NaN, Number.POSITIVE_INFINITY, MAX_TIMER + 0.001, '90', 90n].map(
      (maxStale) => [inspect(maxStale), maxStale],
    ),
  )('for a maxStale of %s beside a pause of 60', (_, maxStale) => {
    expect(thrownBy(() => ownKeyProvider({ load, refreshEvery: 60, maxStale } as never))).toEqual(
      refusal(
        'The option "keys.maxStale" must be a number of seconds above "keys.refreshEvery" and at most 2147483.',
      ),
    );
  });

  it('for an option that is misspelt', () => {
    expect(
      thrownBy(() => ownKeyProvider({ load, refreshEvery: 60, maxStall: 90 } as never)),
    ).toEqual(
      refusal(
        'There is no option "maxStall": use load, refreshEvery, maxStale; did you mean "maxStale"?',
      ),
    );
  });
});
