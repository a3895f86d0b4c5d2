import { describe, expect, it } from '@jest/globals';
import { hostName, requestedHost } from '../../lib/http/host-name.js';

describe('the name of a host', () => {
  it.each([
    ['example.com', 'example.com'],
    ['Shop.EXAMPLE.com:8443', 'shop.example.com'],
    ['example.com:', 'example.com'],
    ['example.com.', 'example.com.'],
    ['my_app.local', 'my_app.local'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8::1]:80', '[2001:db8::1]'],
  ])('of %j is %j', (host, name) => {
    expect(hostName(host)).toBe(name);
  });

  it.each([
    undefined,
    '',
    ':80',
    '[]',
    '[::1',
    '::1',
    'example.com:80:80',
    'evil.test,example.com',
    'evil.test, example.com',
    'evil.test;Domain=.example.com',
    'evil.test/.example.com',
    'evil.test#.example.com',
    'evil.test?.example.com',
    'user@example.com',
    'evil\t.example.com',
    'evil\u00a0.example.com',
    '\u212a.example.com',
    '[evil.test].example.com',
    'https://example.com',
    '%65xample.com',
    `${'a.'.repeat(122)}example.com`.padStart(300, 'a'),
  ])('is empty for %j, whatever it ends with', (host) => {
    expect(hostName(host)).toBe('');
  });
});

describe('the host that a request asks for', () => {
  it.each([
    ['of HTTP/1.1', { host: 'example.com:80' }, 'example.com:80'],
    ['of HTTP/2', { ':authority': 'example.com' }, 'example.com'],
    [
      'of HTTP/2, where a Host header says otherwise',
      { ':authority': 'example.com', host: 'evil.test' },
      'example.com',
    ],
    ['of HTTP/1.0, which need not say', {}, undefined],
  ])('%s: %j', (_protocol, headers, host) => {
    expect(requestedHost(headers)).toBe(host);
  });
});
