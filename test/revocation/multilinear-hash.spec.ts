import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MultilinearHash } from '../../lib/revocation/multilinear-hash.js';

const integer = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const key = fc.tuple(integer, integer, integer, integer);

describe('a multilinear hash', () => {
  it('is the sum of all halves, each multiplied by an integer of its own', () => {
    const bytes = randomBytes(36);
    const [first = 0n, ...factors] = Array.from({ length: 9 }, (_, index) =>
      BigInt(bytes.readInt32LE(index * 4)),
    );
    const hash = new MultilinearHash(() => bytes);

    fc.assert(
      fc.property(key, (integers) => {
        const halves = [...new Uint16Array(Int32Array.from(integers).buffer)].map(BigInt);
        const sum = halves.reduce(
          (total, half, index) => total + half * (factors[index] ?? 0n),
          first,
        );
        expect(hash.of(...integers)).toBe(Number(BigInt.asIntN(32, sum)));
      }),
    );
  });

  it('differs from one to the next', () => {
    const hashes = Array.from({ length: 4 }, () => new MultilinearHash(randomBytes).of(1, 2, 3, 4));

    expect(new Set(hashes).size).toBe(4);
  });
});
