/** Whether the long form of a test was asked for: `FULL=1 npm test`. */
export const isLongForm = process.env['FULL'] === '1';

/** What random tests begin with: another one each time, or the one in `SEED`. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 0x1_0000_0000));

/** Mulberry32: whole numbers under 2^32, the same ones for a seed on every machine. */
export function randomNumbers(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
