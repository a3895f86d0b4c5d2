import { execFileSync } from 'node:child_process';

/** A key and a certificate for one day and for nobody: made anew, so that none lies in the repository. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const pem = execFileSync(
    'openssl',
    [
      ['req', '-x509', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', '-', '-out', '-'],
    ].flat(),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [key = ''] = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----/.exec(pem) ?? [];
  const [cert = ''] = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(pem) ?? [];
  return { key, cert };
}
