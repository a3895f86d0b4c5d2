import { createHmac } from 'node:crypto';

/**
 * Signs any text with the real key, so that a test reaches what comes behind the signature. Made
 * with `createHmac` alone: nothing of lib/ can hide its own faults here.
 */

/** One `<length>:<content>|` field of format 2, with its true length. */
export function field(content: string): string {
  return `${content.length}:${content}|`;
}

/** A v2 value from all that comes before its signature. */
export function resignV2(signedPart: string, secret: string | Uint8Array): string {
  return signedPart + createHmac('sha256', secret).update(signedPart).digest('hex');
}

/** A v2 value from its fields, each with its true length. */
export function resignV2Fields(
  {
    keyVersion = '0',
    timestamp = '1300000000',
    name = 'key',
    base64 = 'dmFsdWU=',
  }: Partial<Record<'keyVersion' | 'timestamp' | 'name' | 'base64', string>>,
  secret: string | Uint8Array,
): string {
  return resignV2(
    `2|${field(keyVersion)}${field(timestamp)}${field(name)}${field(base64)}`,
    secret,
  );
}

/** A v1 value from its fields. */
export function resignV1(
  {
    name = 'key',
    base64 = 'dmFsdWU=',
    timestamp = '1300000000',
  }: Partial<Record<'name' | 'base64' | 'timestamp', string>>,
  secret: string | Uint8Array,
): string {
  const signature = createHmac('sha1', secret).update(`${name}${base64}${timestamp}`).digest('hex');
  return `${base64}|${timestamp}|${signature}`;
}
