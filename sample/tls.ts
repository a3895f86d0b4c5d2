import { readFileSync } from 'node:fs';

/**
 * The key and the certificate that the sample serves with: `TLS_KEY` and `TLS_CERT` name their files, in
 * PEM. Without them it speaks plain HTTP.
 */
export const TLS = readTls();

function readTls(): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  const { TLS_KEY: key, TLS_CERT: cert } = process.env;
  return key === undefined || cert === undefined
    ? undefined
    : { key: readFileSync(key), cert: readFileSync(cert) };
}
