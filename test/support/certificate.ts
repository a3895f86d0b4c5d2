import { execFileSync } from 'node:child_process';

/** PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * A key and a certificate for one day, made anew, so that none lies in the repository.
 *
 * @param extensions - what it is for; for nobody where left out
 */
export function selfSigned(...extensions: readonly string[]): Certificate {
  const pem = execFileSync(
    'openssl',
    [
      ['req', '-x509', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', '-', '-out', '-'],
      extensions.flatMap((extension) => ['-addext', extension]),
    ].flat(),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [key = ''] = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----/.exec(pem) ?? [];
  const [cert = ''] = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(pem) ?? [];
  return { key, cert };
}
