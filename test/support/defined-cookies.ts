import { SecureCookieReader, type SecureCookieDefinition } from 'nestjs-secure-cookie';
import { CookieMint } from '../../lib/testing/index.js';
import { SECRET } from './secrets.js';
import { signer } from './signed-cookies.js';

/** Makes defined cookies as the apps under test do. */
export const mint = new CookieMint({ secret: SECRET });

/** What reading a defined cookie finds in a `Cookie` header. */
export function readHeader<Value>(
  definition: SecureCookieDefinition<never, Value>,
  header: string,
  by = signer,
) {
  return new SecureCookieReader(by, header).verify(definition);
}

/** What reading a defined cookie finds in a payload that was signed, whatever it holds. */
export function readPayload<Value>(
  definition: SecureCookieDefinition<never, Value>,
  payload: string | Uint8Array,
) {
  const { name, encrypt } = definition;
  return readHeader(definition, `${name}=${signer.sign(name, payload, { encrypt })}`);
}

/** The bytes that a v2 value carries in its `<name>=<signed value>` header. */
export function payloadOf(header: string): Buffer {
  const [, base64 = ''] = header.split('|')[4]?.split(':') ?? [];
  return Buffer.from(base64, 'base64');
}

/** A payload behind the date of its first issue, made without lib/. Seconds since the epoch. */
export function framed(payload: string | Uint8Array, firstIssuedAt: number): Uint8Array {
  const date = Buffer.alloc(5);
  date.writeUIntBE(firstIssuedAt, 0, 5);
  return Buffer.concat([Uint8Array.of(0xfe, 0x01), date, Buffer.from(payload)]);
}
