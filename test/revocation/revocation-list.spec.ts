import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { NEVER } from '../../lib/revocation/mark-table.js';
import { RevocationList } from '../../lib/revocation/revocation-list.js';

const NOW = 1_700_000_000;

/** As the documentation of a mark says, without lib/. */
const keyOf = (name: string, key: string): string =>
  createHash('sha256').update(`${name}=${key}`).digest('hex').slice(0, 32);

function listOf(...marks: readonly (readonly [name: string, key: string, at: number])[]) {
  const list = new RevocationList();
  for (const [name, key, at] of marks) {
    list.add({ key: keyOf(name, key), at, until: NOW + 3600 });
  }
  return list;
}

describe('a list of marks', () => {
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

    list.add({ key: keyOf('session', 'user:39999'), at: NOW, until: NOW + 1 });
    list.add({ key: keyOf('session', 'user:1'), at: NOW, until: NOW + 1 });

    expect(users.filter((keys) => list.latest('session', keys) === NOW)).toEqual([
      ['user:1'],
      ['user:39999'],
    ]);
  });
});
