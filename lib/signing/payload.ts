import { isUtf8 } from 'node:buffer';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { asBuffer, latin1Bytes, shortAscii, utf8Bytes } from './own-bytes.js';

/**
 * The payload of a signed value: bytes in base64 (RFC 4648, section 4), which are usually text.
 */

/** `=` */
const PADDING = 0x3d;

const ASCII = /^[^\u0080-\uffff]*$/;

/** Faster for short payloads than a Buffer, which would have to be created first. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @throws {@link SecureCookieError} `value` - if it is neither well-formed text nor bytes
 */
export function assertValue(value: unknown): void {
  if (typeof value === 'string' ? value.isWellFormed() : isBytes(value) && hasMemory(value)) {
    return;
  }
  throw new SecureCookieError(
    'value',
    typeof value === 'string'
      ? 'The value holds a lone surrogate, which UTF-8 cannot encode: sign its bytes instead.'
      : 'The value must be text or a Uint8Array that still has its memory: encode anything else first, with JSON.stringify for example.',
  );
}

/** Whether bytes still have their memory: those that were transferred, or cut off, look empty. */
function hasMemory(bytes: Uint8Array): boolean {
  if (bytes.length > 0) {
    return true;
  }
  try {
    return new Uint8Array(bytes).length === 0;
  } catch {
    return false;
  }
}

/** The base64 of bytes, or of a text's UTF-8 bytes. */
export function encodeBase64(value: string | Uint8Array): string {
  if (typeof value !== 'string') {
    return asBuffer(value).toString('base64');
  }
  // btoa encodes a character as a byte, which is right for ASCII, and faster than a Buffer.
  return ASCII.test(value) ? btoa(value) : asBuffer(utf8Bytes(value)).toString('base64');
}

/** The length of the base64 of this many bytes, in characters. */
export function base64Length(byteLength: number): number {
  return 4 * Math.ceil(byteLength / 3);
}

/**
 * Decodes base64 to a string that has a character for each byte, or to `undefined` if it is not
 * canonical, that is, if encoding the bytes again would give another text.
 *
 * @param base64 - must hold no white space, which `atob` ignores. It also accepts missing padding and
 * left-over bits, which are checked here.
 */
export function decodeBase64(base64: string): string | undefined {
  if (base64.length % 4 !== 0 || hasLeftOverBits(base64)) {
    return undefined;
  }
  try {
    // A Buffer is slower, and accepts everything.
    return atob(base64);
  } catch {
    // It is not base64 at all.
    return undefined;
  }
}

/** Whether the two or four unused bits before the padding are not zero (RFC 4648, section 3.5). */
function hasLeftOverBits(base64: string): boolean {
  if (base64.charCodeAt(base64.length - 1) !== PADDING) {
    return false;
  }
  return base64.charCodeAt(base64.length - 2) === PADDING
    ? !'AQgw'.includes(base64.charAt(base64.length - 3))
    : !'AEIMQUYcgkosw048'.includes(base64.charAt(base64.length - 2));
}

/** The text that UTF-8 bytes encode, with a leading U+FEFF, or `undefined` if they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  return shortAscii(bytes) ?? (isUtf8(bytes) ? UTF8.decode(bytes) : undefined);
}

/** {@link decodeText} for the result of {@link decodeBase64}. */
export function decodeLatin1Text(bytes: string): string | undefined {
  return ASCII.test(bytes) ? bytes : decodeText(latin1Bytes(bytes));
}
