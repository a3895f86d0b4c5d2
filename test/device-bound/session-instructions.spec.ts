import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie, type SecureCookieDefinition } from 'nestjs-secure-cookie';
import { endOfSession, sessionInstructions } from '../../lib/device-bound/session-instructions.js';
import { CookieDefaults } from '../../lib/jar/cookie-defaults.js';

const credentialOf = (definition: SecureCookieDefinition<never, unknown>) => {
  const { credentials } = JSON.parse(
    sessionInstructions({
      identifier: 'id',
      refreshPath: '/device-bound/refresh',
      cookieName: definition.name,
      attributes: new CookieDefaults({}, 3600).ofDefinition(definition, { isSecure: () => true }),
    }),
  );
  return credentials;
};

describe('session instructions', () => {
  it('are those of the draft', () => {
    const attributes = new CookieDefaults({}, 3600).ofDefinition(
      defineSecureCookie('__Host-session'),
      { isSecure: () => true },
    );
    const instructions = sessionInstructions({
      identifier: '0123',
      refreshPath: '/device-bound/refresh',
      cookieName: '__Host-session',
      attributes,
    });

    expect(JSON.parse(instructions)).toEqual({
      session_identifier: '0123',
      refresh_url: '/device-bound/refresh',
      scope: { include_site: false, scope_specification: [] },
      credentials: [
        {
          type: 'cookie',
          name: '__Host-session',
          attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax',
        },
      ],
      allowed_refresh_initiators: ['*'],
    });
  });

  it.each([
    ['strict', []],
    ['lax', ['*']],
    ['none', []],
  ] as const)(
    'let other sites start a refresh where their links carry the cookie, and no more does: %s',
    (sameSite, allowed) => {
      const attributes = new CookieDefaults({}, 3600).ofDefinition(
        defineSecureCookie('__Host-session', { sameSite }),
        { isSecure: () => true },
      );
      const session = { identifier: '', refreshPath: '/', cookieName: 'a', attributes };

      expect(JSON.parse(sessionInstructions(session))).toMatchObject({
        allowed_refresh_initiators: allowed,
      });
    },
  );

  it.each([
    [
      { secure: true, path: '/app', httpOnly: false, sameSite: 'strict' },
      'Path=/app; Secure; SameSite=Strict',
    ],
    [
      { sameSite: 'none', partitioned: true },
      'Path=/; Secure; HttpOnly; Partitioned; SameSite=None',
    ],
  ] as const)('name the attributes that the cookie is set with: %j', (options, attributes) => {
    expect(credentialOf(defineSecureCookie('session', options))).toEqual([
      { type: 'cookie', name: 'session', attributes },
    ]);
  });

  it('end a session', () => {
    expect(JSON.parse(endOfSession('0123'))).toEqual({
      session_identifier: '0123',
      continue: false,
    });
  });
});
