import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isPlainObject, ownOptions, type OwnOptions } from '../lib/own-options.js';
import { thrownBy } from './support/thrown-by.js';

interface Options {
  readonly maxAge?: number | undefined;
  readonly encrypt?: boolean | undefined;
  readonly httpOnly?: boolean | undefined;
}

const blank = (): OwnOptions<Options> => ({
  maxAge: undefined,
  encrypt: undefined,
  httpOnly: undefined,
});

/** Takes whatever JavaScript passes. */
function own(given: unknown, code: 'option' | 'attribute' = 'option'): Options {
  return ownOptions(given as Options, blank, code);
}

describe('ownOptions', () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'maxAge');
  });

  it('copies what is there, and has every other option as undefined', () => {
    expect(own({ maxAge: 60 })).toStrictEqual({
      maxAge: 60,
      encrypt: undefined,
      httpOnly: undefined,
    });
  });

  it('gives a copy that later changes do not reach', () => {
    const given = { maxAge: 60 };
    const copy = own(given);

    given.maxAge = 1e9;

    expect(copy.maxAge).toBe(60);
  });

  it('does not see options that Object.prototype was polluted with', () => {
    Object.assign(Object.prototype, { maxAge: 1e9 });

    expect(own({ encrypt: true }).maxAge).toBeUndefined();
    expect(own(Object.create(null)).maxAge).toBeUndefined();
  });

  it('reads each option once, and uses what it read', () => {
    let reads = 0;
    const given = {
      get maxAge() {
        reads += 1;
        return reads === 1 ? 60 : 1e9;
      },
    };

    const copy = own(given);

    expect([copy.maxAge, copy.maxAge]).toEqual([60, 60]);
    expect(reads).toBe(1);
  });

  it('passes on what a getter throws', () => {
    const failure = new Error('from the getter');
    const given = {
      get maxAge(): number {
        throw failure;
      },
    };

    expect(thrownBy(() => own(given))).toBe(failure);
  });

  it.each([
    ['an empty literal', {}],
    ['an object without a prototype', Object.assign(Object.create(null), { maxAge: 1 })],
    ['a literal of another realm', runInNewContext('({ maxAge: 1 })')],
    ['an object of another realm without a prototype', runInNewContext('Object.create(null)')],
    ['a frozen object', Object.freeze({ maxAge: 1 })],
  ])('takes %s', (_kind, given) => {
    expect(own(given)).toEqual({ ...given });
  });

  it.each([
    ['null', null, 'not null'],
    ['undefined', undefined, 'not undefined'],
    ['a text', 'maxAge', 'not a string'],
    ['a number', 60, 'not a number'],
    ['a function', () => ({}), 'not a function'],
    ['an array', [], 'not an array'],
    ['an array of another realm', runInNewContext('[]'), 'not an array'],
    ['a Map', new Map([['maxAge', 1]]), 'not an object that inherits'],
    ['a Map of another realm', runInNewContext('new Map()'), 'not an object that inherits'],
    ['a Date', new Date(), 'not an object that inherits'],
    ['an Error', new Error('none'), 'not an object that inherits'],
    ['bytes', new Uint8Array(2), 'not an object that inherits'],
    [
      'an object that inherits its options',
      Object.create({ maxAge: 60 }),
      'not an object that inherits',
    ],
    [
      'one that inherits them from an object without a prototype',
      inheriting(),
      'not an object that inherits',
    ],
    [
      'the instance of a class, of which accessors would be lost',
      new (class {
        get maxAge() {
          return 60;
        }
      })(),
      'not an object that inherits',
    ],
  ])('refuses %s', (_kind, given, what) => {
    expect(thrownBy(() => own(given))).toMatchObject({
      code: 'option',
      message: expect.stringContaining(what),
    });
    expect(thrownBy(() => own(given, 'attribute'))).toMatchObject({ code: 'attribute' });
  });

  it.each([
    ['encyrpt', 'encrypt'],
    ['maxage', 'maxAge'],
    ['max-age', 'maxAge'],
    ['MAX_AGE', 'maxAge'],
    ['maxAgee', 'maxAge'],
    ['http_only', 'httpOnly'],
    ['httponly', 'httpOnly'],
    ['encypt', 'encrypt'],
  ])('names the option that %s was meant for: %s', (misspelt, meant) => {
    expect(thrownBy(() => own({ [misspelt]: 1 }))).toMatchObject({
      code: 'option',
      message: `There is no option "${misspelt}": use maxAge, encrypt, httpOnly; did you mean "${meant}"?`,
    });
  });

  it.each(['expires', 'signed', 'x', '', 'constructor', '__proto__', 'toString'])(
    'guesses nothing for %j, which is like none',
    (unknown) => {
      const given = Object.fromEntries([[unknown, 1]]);

      expect(thrownBy(() => own(given, 'attribute'))).toMatchObject({
        code: 'attribute',
        message: `There is no cookie attribute "${unknown}": use maxAge, encrypt, httpOnly.`,
      });
    },
  );

  it('says where no option is taken at all', () => {
    expect(thrownBy(() => ownOptions({ maxAge: 1 }, Object, 'option'))).toMatchObject({
      message: 'There is no option "maxAge": this call takes none.',
    });
  });

  it('does not quote a name that may be a secret, and takes no time for a long one', () => {
    const name = 'kS3cr3t/'.repeat(100_000);

    expect(thrownBy(() => own({ [name]: 1 })).message).toBe(
      'There is no option of that name: use maxAge, encrypt, httpOnly.',
    );
  });

  it('ignores what is not enumerable, as spreading does', () => {
    const given = Object.defineProperty({}, 'maxAge', { value: 60 });

    expect(own(given)).toEqual({});
  });

  it('holds for any object: the copy has the own options, or an error names a foreign one', () => {
    const names = fc.oneof(fc.constantFrom('maxAge', 'encrypt', 'httpOnly'), fc.string());

    fc.assert(
      fc.property(fc.dictionary(names, fc.anything()), (given) => {
        const foreign = Object.keys(given).filter((name) => !Object.hasOwn(blank(), name));
        if (foreign.length > 0) {
          expect(thrownBy(() => own(given))).toMatchObject({ code: 'option' });
        } else {
          expect(own(given)).toStrictEqual({ ...blank(), ...given });
        }
      }),
    );
  });
});

describe('isPlainObject', () => {
  it('tells objects of own properties from others, of any realm', () => {
    expect(isPlainObject({})).toBe(true);
    expect(isPlainObject(runInNewContext('({})'))).toBe(true);
    expect(isPlainObject(runInNewContext('[]'))).toBe(false);
    expect(isPlainObject(runInNewContext('new (class {})'))).toBe(false);
    expect(isPlainObject(new Proxy({}, {}))).toBe(true);
  });
});

function inheriting(): object {
  return Object.create(Object.assign(Object.create(null), { maxAge: 60 }));
}
