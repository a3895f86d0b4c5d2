import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { NEVER } from '../../lib/revocation/mark-table.js';
import { hashesOf } from '../../lib/revocation/revocation-mark.js';
import { RevocationList } from '../../lib/revocation/revocation-list.js';

const NOW = 1_700_000_000;

/** As the documentation of a mark says, without lib/. */
const keyOf = (name: string, key: string): string =>
  createHash('sha256').update(`${name}=${key}`).digest('hex').slice(0, 32);

describe.each<[string, (name: string, key: string) => unknown]>([
  ['with their hints', (name, key) => hashesOf(name, key).hint],
  ['without hints', () => undefined],
  ['with null for hints, as a database gives it', () => null],
  [
    'of which some have a hint',
    (name, key) => (key === 'user:42' ? null : hashesOf(name, key).hint),
  ],
])('a list of marks %s', (_which, hintOf) => {
  function listOf(...marks: readonly (readonly [name: string, key: string, at: number])[]) {
    const list = new RevocationList();
    for (const [name, key, at] of marks) {
      const hint = hintOf(name, key) as number | null | undefined;
      list.add({ key: keyOf(name, key), at, until: NOW + 3600, hint });
    }
    return list;
  }

  it.each<[string, readonly string[], number]>([
    ['its one key', ['user:42'], NOW],
    ['two keys, the later mark first', ['user:42', 'device:a'], NOW],
    ['two keys, the later mark last', ['user:42', 'device:b'], NOW + 5],
    ['two keys without a mark', ['user:43', 'device:c'], NEVER],
    ['no key', [], NEVER],
    ['a key in another case', ['User:42'], NEVER],
    ['a key that begins alike', ['user:4'], NEVER],
  ])('finds the latest mark by %s', (_what, keys, latest) => {
    const list = listOf(
      ['session', 'user:42', NOW],
      ['session', 'device:a', NOW - 5],
      ['session', 'device:b', NOW + 5],
      ['other', 'user:43', NOW],
      ['session', 'device:c=', NOW],
    );

    expect(list.latest('session', keys)).toBe(latest);
  });

  it.each<[string, number, readonly string[], number]>([
    ['for a cookie without keys', NOW, [], NOW],
    ['beside an earlier one of its key', NOW, ['user:41'], NOW],
    ['beside a later one of its key', NOW, ['user:42'], NOW + 1],
  ])('finds a mark for all cookies of a name %s', (_what, at, keys, latest) => {
    const list = listOf(
      ['session', '', at],
      ['session', 'user:41', NOW - 1],
      ['session', 'user:42', NOW + 1],
    );

    expect(list.latest('session', keys)).toBe(latest);
    expect(list.latest('sessio', keys)).toBe(NEVER);
  });

  it('takes no part of a key for the whole', () => {
    const list = listOf(['a', 'b=c', NOW]);

    expect(list.latest('a', ['b=c'])).toBe(NOW);
    expect(list.latest('a', ['b', 'c', '=c'])).toBe(NEVER);
  });

  it('finds a mark that comes after its key was looked up, among more keys than it remembers', () => {
    const list = listOf(['session', 'somebody', NOW]);
    const users = Array.from({ length: 40_000 }, (_, user) => [`user:${user}`]);
    expect(users.filter((keys) => list.latest('session', keys) !== NEVER)).toEqual([]);

    for (const user of ['user:39999', 'user:1']) {
      list.add({ ...hashesOf('session', user), at: NOW, until: NOW + 1 });
    }

    expect(users.filter((keys) => list.latest('session', keys) === NOW)).toEqual([
      ['user:1'],
      ['user:39999'],
    ]);
  });
});

it('finds a mark that somebody gave a wrong hint before, too', () => {
  const list = new RevocationList();
  const { key, hint } = hashesOf('session', 'user:42');
  list.add({ key, hint: hint ^ 1, at: NOW, until: NOW + 3600 });
  list.add({ key, hint, at: NOW, until: NOW + 3600 });

  expect(list.latest('session', ['user:42'])).toBe(NOW);
});
