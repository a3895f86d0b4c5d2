import { memberOf } from '../own-member.js';

/** `https` as the first of a list. */
const FIRST_IS_TLS = /^\s*https\s*(?:,|$)/i;

/**
 * Whether a proxy says that the client's request came over TLS. Schemes are compared without regard
 * to case (RFC 3986, section 3.1). Of several, the first comes from the proxy nearest the client.
 *
 * For warnings only: whether the header can be trusted is what the app decides with "trust proxy".
 *
 * @param header - `X-Forwarded-Proto`
 */
export function isForwardedOverTls(header: string | readonly string[] | undefined): boolean {
  // Without the header, the text is "undefined", which is no scheme.
  return FIRST_IS_TLS.test(String(header));
}

/** Whether the scheme of a request is `https`, in whatever case a proxy wrote it. */
export function isTls(scheme: string): boolean {
  return scheme.toLowerCase() === 'https';
}

/** Whether a request's own socket uses TLS. */
export function isEncrypted(socket: object | undefined): boolean {
  return memberOf(socket, 'encrypted') === true;
}
