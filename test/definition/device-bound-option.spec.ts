import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie } from 'nestjs-secure-cookie';
import { thrownBy } from '../support/thrown-by.js';

/** Options of a caller that knows no types. */
const define = (name: string, options: object) => defineSecureCookie(name, options as never);

describe('a definition with deviceBound', () => {
  it.each([
    ['the default', {}, 600],
    ['the shortest', { for: 5 }, 5],
    ['an hour', { for: 3600 }, 3600],
    ['nothing', { for: undefined }, 600],
  ])('counts a bound cookie for %s', (_what, deviceBound, seconds) => {
    expect(define('__Host-session', { deviceBound })).toMatchObject({
      boundFor: seconds,
      framed: true,
    });
  });

  it('is not the default', () => {
    expect(define('__Host-session', {})).toMatchObject({ boundFor: undefined, framed: false });
  });

  it.each([
    ['a prefix that needs TLS', '__Host-session', {}],
    ['another one', '__Secure-session', {}],
    ['secure: true', 'session', { secure: true }],
    ['sameSite: none', 'session', { sameSite: 'none' }],
    ['partitioned', 'session', { partitioned: true }],
  ])('is sure of "Secure" by %s', (_what, name, options) => {
    expect(define(name, { ...options, deviceBound: {} })).toMatchObject({ boundFor: 600 });
  });

  it.each([
    ['a name alone', 'session', {}, 'needs "Secure"'],
    ['secure: auto', 'session', { secure: 'auto' }, 'needs "Secure"'],
    ['secure: false', 'session', { secure: false }, 'needs "Secure"'],
    ['a domain', '__Secure-session', { domain: 'example.com' }, 'leave out "domain"'],
    ['a domain that depends', '__Secure-session', { domain: () => null }, 'leave out "domain"'],
    [
      'renewal by navigations alone, which a refresh cannot tell',
      '__Host-session',
      { renewOn: 'navigation', renewAfter: 60, maxAge: 3600, absoluteMaxAge: 86_400 },
      'which request a refresh is for',
    ],
    ['a maxAge as short', '__Host-session', { maxAge: 600 }, 'less than "maxAge"'],
    ['an absoluteMaxAge as short', '__Host-session', { absoluteMaxAge: 600 }, 'less than'],
  ])('is refused with %s', (_what, name, options, message) => {
    expect(thrownBy(() => define(name, { ...options, deviceBound: {} }))).toMatchObject({
      code: 'option',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['too short', { for: 4 }],
    ['no whole number', { for: 600.5 }],
    ['not a number', { for: Number.NaN }],
    ['endless', { for: Number.POSITIVE_INFINITY }],
    ['text', { for: '600' }],
    ['null', { for: null }],
    ['an option that is not known', { during: 600 }],
    ['options that are inherited', Object.create({ for: 600 })],
    ['true', true],
    ['a number', 600],
    ['null in place of options', null],
  ])('is refused where its options are %s', (_what, deviceBound) => {
    expect(thrownBy(() => define('__Host-session', { deviceBound }))).toMatchObject({
      code: 'option',
    });
  });

  it('beside "domain: null" is one of a single host', () => {
    expect(define('__Secure-a', { domain: null, deviceBound: {} })).toMatchObject({
      boundFor: 600,
    });
  });
});
