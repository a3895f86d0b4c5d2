import { isUtf8 } from 'node:buffer';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { asBuffer, latin1Bytes, utf8Bytes } from './own-bytes.js';

/**
 * What a signed value carries: bytes, in base64 (RFC 4648, section 4), and for the most part text.
 */

/** `=` */
const PADDING = 0x3d;

const ASCII = /^[^\u0080-\uffff]*$/;

/** For short payloads, quicker than a Buffer that has to be made for them first. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @throws {@link SecureCookieError} `value` - for what is neither well-formed text nor bytes
 */
export function assertValue(value: unknown): void {
  if (typeof value === 'string' ? value.isWellFormed() : isBytes(value)) {
    return;
  }
  throw new SecureCookieError(
    'value',
    typeof value === 'string'
      ? 'The value holds a lone surrogate, which UTF-8 can not carry: sign its bytes instead.'
      : 'The value must be text or a Uint8Array: encode anything else first, with JSON.stringify for example.',
  );
}

/** Text, as UTF-8, or bytes in base64. */
export function encodeBase64(value: string | Uint8Array): string {
  if (typeof value !== 'string') {
    return asBuffer(value).toString('base64');
  }
  // For ASCII, of which each character is its byte, btoa takes a third of what a Buffer does.
  return ASCII.test(value) ? btoa(value) : asBuffer(utf8Bytes(value)).toString('base64');
}

/** How long {@link encodeBase64} makes so many bytes, in characters. */
export function base64Length(byteLength: number): number {
  return 4 * Math.ceil(byteLength / 3);
}

/**
 * The bytes behind base64, as a string of which each character is one byte, or `undefined` where it
 * is not canonical: where encoding them would give another text.
 *
 * @param base64 - holds no white space, which `atob` would forgive, as it does padding that is left
 * out and bits that are left over: these two are looked at here
 */
export function decodeBase64(base64: string): string | undefined {
  if (base64.length % 4 !== 0 || hasLeftOverBits(base64)) {
    return undefined;
  }
  try {
    // A Buffer takes twice as long, and lets everything pass.
    return atob(base64);
  } catch {
    // What atob throws on is not base64 at all.
    return undefined;
  }
}

/** RFC 4648, section 3.5: the last digit before padding carries two or four bits of no byte. */
function hasLeftOverBits(base64: string): boolean {
  if (base64.charCodeAt(base64.length - 1) !== PADDING) {
    return false;
  }
  return base64.charCodeAt(base64.length - 2) === PADDING
    ? !'AQgw'.includes(base64.charAt(base64.length - 3))
    : !'AEIMQUYcgkosw048'.includes(base64.charAt(base64.length - 2));
}

/** The text behind UTF-8, a leading U+FEFF included, or `undefined` where bytes would be lost. */
export function decodeText(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? UTF8.decode(bytes) : undefined;
}

/** {@link decodeText} of what {@link decodeBase64} gives. */
export function decodeLatin1Text(bytes: string): string | undefined {
  return ASCII.test(bytes) ? bytes : decodeText(latin1Bytes(bytes));
}
