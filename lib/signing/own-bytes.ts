/**
 * Bytes in memory of their own. `Buffer.from(text)`, `Buffer.concat` and the like allocate small
 * buffers in a pool that all code of the process shares, and their content stays there. Secrets,
 * plaintexts and keys never pass through them.
 */

const encoder = new TextEncoder();

/**
 * The longest bytes that V8 keeps in its own heap, where they cost little to make and to collect, unless
 * something native asks for them (`--typed-array-max-size-in-heap`). So shorter texts are copied
 * character by character.
 */
export const MAX_LENGTH_IN_HEAP = 64;

const LAST_ASCII = 0x7f;

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): Uint8Array {
  if (text.length > MAX_LENGTH_IN_HEAP) {
    return encoder.encode(text);
  }
  const bytes = new Uint8Array(text.length);
  return copyCharacters(text, bytes) > LAST_ASCII ? encoder.encode(text) : bytes;
}

/** The bytes of a text that has a character for each byte. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  if (text.length > MAX_LENGTH_IN_HEAP) {
    asBuffer(bytes).write(text, 'latin1');
  } else {
    copyCharacters(text, bytes);
  }
  return bytes;
}

/** Returns all bits that occur in the characters. */
function copyCharacters(text: string, bytes: Uint8Array): number {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    seen |= character;
    bytes[index] = character;
  }
  return seen;
}

/** The text of short ASCII; `undefined` for other bytes. */
export function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_LENGTH_IN_HEAP) {
    return undefined;
  }
  let seen = 0;
  for (const byte of bytes) {
    seen |= byte;
  }
  return seen > LAST_ASCII ? undefined : Reflect.apply(String.fromCharCode, undefined, bytes);
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) {
    length += part.length;
  }
  const joined = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}

/** The same memory with a Buffer's methods; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
