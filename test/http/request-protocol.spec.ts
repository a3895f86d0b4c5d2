import { describe, expect, it } from '@jest/globals';
import { isEncrypted, isForwardedOverTls, isTls } from '../../lib/http/request-protocol.js';

describe('X-Forwarded-Proto', () => {
  it.each(['https', 'HTTPS', 'Https', '  https  ', 'https,http', 'https, http', 'HTTPS  , http'])(
    '%j says that the client came over TLS',
    (header) => {
      expect(isForwardedOverTls(header)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'http',
    'HTTP',
    'http, https',
    'httpss',
    'https x',
    'xhttps',
    'x https',
    ',https',
  ])('%j does not', (header) => {
    expect(isForwardedOverTls(header)).toBe(false);
  });

  it('is judged by the first of a list', () => {
    expect(isForwardedOverTls(['HTTPS', 'http'])).toBe(true);
    expect(isForwardedOverTls(['http', 'https'])).toBe(false);
  });
});

describe('the scheme of a request', () => {
  it.each(['https', 'HTTPS', 'hTTps'])('%s is TLS', (scheme) => {
    expect(isTls(scheme)).toBe(true);
  });

  it.each(['http', 'HTTP', '', 'https:', 'wss'])('%j is not', (scheme) => {
    expect(isTls(scheme)).toBe(false);
  });
});

describe('a socket', () => {
  it('is encrypted where it says so, and only then', () => {
    expect(isEncrypted({ encrypted: true })).toBe(true);
    expect(isEncrypted({ encrypted: 1 })).toBe(false);
    expect(isEncrypted({})).toBe(false);
    expect(isEncrypted(undefined)).toBe(false);
  });
});
