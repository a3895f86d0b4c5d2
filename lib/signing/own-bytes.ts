/**
 * Bytes in memory of their own. `Buffer.from(text)`, `Buffer.concat` and the like allocate small
 * buffers in a pool that all code of the process shares, and their content stays there. Secrets,
 * plaintexts and keys never pass through them.
 */

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The bytes of a text that has a character for each byte. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  asBuffer(bytes).write(text, 'latin1');
  return bytes;
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
