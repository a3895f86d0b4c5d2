import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  defineSecureCookie,
  memoryRevocations,
  SecureCookieJar,
  SecureCookieRevocations,
} from 'nestjs-secure-cookie';
import { createTestJar } from '../../lib/testing/index.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const Session = defineSecureCookie('__Host-session', {
  schema: z.object({ userId: z.number() }),
  maxAge: 3600,
  encrypt: true,
});

/** As an app has it, but for its decorators. */
class AccountController {
  logIn(cookies: SecureCookieJar): void {
    cookies.set(Session, { userId: 42 });
    cookies.set('theme', 'dark', { path: '/account' });
  }

  logOut(cookies: SecureCookieJar): string {
    const session = cookies.get(Session);
    cookies.clear(Session);
    return `Goodbye ${session?.userId}`;
  }
}

const controller = new AccountController();

describe('a jar for unit tests', () => {
  it('is a jar, and has what a handler set, by definition and by name', () => {
    const cookies = createTestJar();
    expect(cookies.jar).toBeInstanceOf(SecureCookieJar);

    controller.logIn(cookies.jar);

    expect(cookies.next().get(Session)).toEqual({ userId: 42 });
    expect(cookies.next().get('theme')).toBe('dark');
    expect(cookies.sent()).toMatchObject([
      { name: '__Host-session', attributes: { secure: true, httpOnly: true, maxAge: 3600 } },
      { name: 'theme', attributes: { path: '/account' } },
    ]);
  });

  it('presents cookies that its own mint makes, and shows that one was cleared', () => {
    const cookies = createTestJar({
      cookies: (mint) => [mint.valid(Session, { userId: 7 }), mint.valid('theme', 'light')],
    });

    expect(controller.logOut(cookies.jar)).toBe('Goodbye 7');

    expect(cookies.cleared(Session)).toBe(true);
    expect(cookies.cleared('theme')).toBe(false);
    expect(cookies.next().get(Session)).toBeUndefined();
    expect(cookies.next().get('theme')).toBe('light');
  });

  it.each([
    ['expired', 'expired'],
    ['tampered', 'signature'],
    ['notYetValid', 'future'],
  ] as const)('presents bad ones as well: %s', (kind, reason) => {
    const { jar } = createTestJar({ cookies: (mint) => mint[kind]('user', 'alice') });

    expect(jar.verify('user')).toEqual({ valid: false, reason });
  });

  it('presents headers as they are, with the keys of an app', () => {
    const signer = { secret: SECRET, clock: () => 1_300_000_000 };
    const first = createTestJar({ signer });
    first.jar.set('user', 'alice');
    const [set] = first.sent();

    const { jar } = createTestJar({ signer, cookies: `user=${set?.value}; other=1` });

    expect(jar.get('user')).toBe('alice');
    expect(jar.verify('user')).toMatchObject({ issuedAt: 1_300_000_000 });
  });

  it('counts the last word on a cookie', () => {
    const cookies = createTestJar();

    cookies.jar.clear('user');
    cookies.jar.set('user', 'alice');

    expect(cookies.cleared('user')).toBe(false);
    expect(cookies.next().get('user')).toBe('alice');
  });

  it('has the attributes of the app, and its connection', () => {
    const cookies = createTestJar({ cookie: { sameSite: 'strict' }, secure: false });

    cookies.jar.set('user', 'alice');

    expect(cookies.sent()[0]?.attributes).toMatchObject({ sameSite: 'strict' });
    expect(cookies.sent()[0]?.attributes).not.toHaveProperty('secure');
  });

  it('renews, as the head of a response does', () => {
    const Due = defineSecureCookie('due', { renewAfter: 60, maxAge: 600, absoluteMaxAge: 6000 });
    let now = 1_300_000_000;
    const signer = { secret: SECRET, clock: () => now };
    const first = createTestJar({ signer });
    first.jar.set(Due, 'alice');
    const [set] = first.sent();
    now += 61;
    const cookies = createTestJar({ signer, cookies: `due=${set?.value}` });

    cookies.jar.get(Due);

    expect(cookies.sent()).toMatchObject([{ name: 'due' }]);
    expect(cookies.next().verify(Due)).toMatchObject({ issuedAt: now });
  });

  it('takes revocations for definitions that need them', async () => {
    const Revocable = defineSecureCookie('revocable', { revocableBy: (user) => [user] });
    const made: SecureCookieRevocations[] = [];
    const cookies = createTestJar({
      cookies: (mint) => mint.valid(Revocable, 'alice'),
      revocations: (signer) => {
        const settings = { source: memoryRevocations(), refreshEvery: 60, maxStale: 600 };
        const revocations = new SecureCookieRevocations(signer, settings);
        made.push(revocations);
        return revocations;
      },
    });
    await made[0]?.start();
    expect(cookies.jar.get(Revocable)).toBe('alice');

    await made[0]?.revoke(Revocable, 'alice');
    made[0]?.stop();

    expect(cookies.next().get(Revocable)).toBeUndefined();
  });

  it('throws what cannot be signed, as the pipeline of Nest does', () => {
    const { jar } = createTestJar();

    expect(thrownBy(() => jar.set('user', 'x'.repeat(4096)))).toMatchObject({
      code: 'cookie-too-large',
    });
  });

  it('refuses unknown options, and anything that does not name a cookie', () => {
    expect(thrownBy(() => createTestJar({ cookeis: '' } as never))).toMatchObject({
      code: 'option',
      message: expect.stringContaining('did you mean "cookies"?'),
    });
    expect(thrownBy(() => createTestJar().cleared(undefined as never))).toMatchObject({
      code: 'name',
    });
  });

  it('sends once: what is set after looking is an error, and not lost in silence', () => {
    const cookies = createTestJar();
    cookies.jar.set('user', 'alice');
    expect(cookies.sent()).toHaveLength(1);

    expect(thrownBy(() => cookies.jar.set('late', 'x'))).toMatchObject({ code: 'headers-sent' });
    expect(cookies.sent()).toHaveLength(1);
  });
});
