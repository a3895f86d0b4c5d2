/** FNV-1a of 32 bits, as its authors publish it. */
const OFFSET_BASIS = 0x811c_9dc5;
const PRIME = 0x0100_0193;

/** 31 bits: the value fits in a signed 32-bit integer, and is not negative. */
const MASK = 0x7fff_ffff;

/** The state that the hints of all keys of a cookie's name begin with. */
export function beginHint(name: string): number {
  return continueHint(OFFSET_BASIS, `${name}=`);
}

/** The hint of a key, continued from that state. */
export function finishHint(state: number, key: string): number {
  return continueHint(state, key) & MASK;
}

function continueHint(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash;
}
