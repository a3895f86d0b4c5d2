import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../sample/app.module.js';
import { configure } from '../../sample/configure.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { seenAs, Visitor } from './support/visitor.js';

const FORTNIGHT = 14 * 86_400;

describe.each(platforms)('the account of the sample on $platform', (platform) => {
  let sample: RunningApp;

  beforeAll(async () => {
    sample = await startApp(platform, AppModule, configure);
  });
  afterAll(() => sample.close());

  const visitor = (): Visitor => new Visitor(sample.url);

  it('is one page, which loads nothing more', async () => {
    const response = await fetch(`${sample.url}/account`);
    const html = await response.text();

    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='; connect-src 'self'; /,
    );
    expect(html).toContain('<h1>Account</h1>');
    expect(html).not.toMatch(/(?:src|rel="stylesheet" href)="/);
  });

  it.each([
    ['remembers the login for a fortnight', true, `Max-Age=${FORTNIGHT}`],
    ['lets it end with the browser where it shall not be remembered', false, undefined],
  ])('%s', async (_what, remember, maxAge) => {
    const response = await visitor().post('login', { user: 'alice', remember });
    const [, ...attributes] = (response.headers.getSetCookie()[0] ?? '').split('; ');

    expect(response.status).toBe(204);
    expect(attributes.find((attribute) => attribute.startsWith('Max-Age'))).toBe(maxAge);
    expect(attributes.some((attribute) => attribute.startsWith('Expires'))).toBe(remember);
    expect(attributes).toEqual(
      expect.arrayContaining(['Path=/account', 'HttpOnly', 'SameSite=Lax']),
    );
  });

  it.each<[string, unknown]>([
    ['no name', { remember: true }],
    ['an empty name', { user: '', remember: true }],
    ['a name with a colon', { user: 'alice:admin', remember: true }],
    ['a name that is too long', { user: 'a'.repeat(21), remember: true }],
    ['no choice', { user: 'alice' }],
    ['a choice that is text', { user: 'alice', remember: 'false' }],
    ['an array', []],
  ])('logs nobody in with %s', async (_what, body) => {
    const response = await visitor().post('login', body);

    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('sees the user over HTTP, GraphQL and a WebSocket; without a session, nobody', async () => {
    const alice = visitor();
    await alice.logIn('alice');

    expect(await alice.seen()).toEqual(seenAs('alice'));
    expect(await visitor().seen()).toEqual(seenAs(null));
  });

  it.each(['private', 'session'])('/account/%s needs a session', async (path) => {
    const bob = visitor();
    const before = await bob.get(path);
    await bob.logIn('bob');
    const after = await bob.get(path);

    expect([before.status, after.status]).toEqual([401, 200]);
    expect(await after.text()).toContain('bob');
    expect(after.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['logout', 'logout-everywhere'])('/account/%s needs a session too', async (action) => {
    expect((await visitor().post(action)).status).toBe(401);
  });

  it('logging out here ends copies of this browser’s cookie, and no other login', async () => {
    const [here, there] = [visitor(), visitor()];
    await here.logIn('carol');
    await there.logIn('carol');
    const copy = await here.cookie();
    const response = await here.post('logout');

    expect(response.status).toBe(204);
    expect(await here.cookie()).toBe('');
    expect(await visitor().seen(copy)).toEqual(seenAs(null));
    expect(await there.seen()).toEqual(seenAs('carol'));
  });

  it('logging out everywhere ends all logins of this user, and no one else’s', async () => {
    const [here, there, other] = [visitor(), visitor(), visitor()];
    await here.logIn('dave');
    await there.logIn('dave', false);
    await other.logIn('erin');
    const copy = await here.cookie();
    await here.post('logout-everywhere');

    expect(await here.cookie()).toBe('');
    expect(await visitor().seen(copy)).toEqual(seenAs(null));
    expect(await there.seen()).toEqual(seenAs(null));
    expect(await other.seen()).toEqual(seenAs('erin'));

    await here.logIn('dave');
    expect(await here.seen()).toEqual(seenAs('dave'));
    expect(await visitor().seen(copy)).toEqual(seenAs(null));
  });

  it('an open socket is nobody’s at its next message', async () => {
    const [here, there] = [visitor(), visitor()];
    await here.logIn('frank');
    await there.logIn('frank');
    const socket = await there.openSocket();
    const before = await socket?.whoAmI();
    await here.post('logout-everywhere');

    expect(before).toBe('frank');
    expect(await socket?.whoAmI()).toBeNull();
    socket?.close();
  });

  it.each([
    ['another site', () => 'https://evil.example'],
    ['another port of this host', () => 'http://127.0.0.1:1'],
    ['this host and port over TLS', (own: string) => own.replace('http', 'https')],
    ['what begins as this origin does', (own: string) => `${own}.evil.example`],
    ['no page at all', () => ''],
    ['a page without an origin', () => 'null'],
  ])('opens no socket for %s, whatever cookie comes along', async (_what, originFrom) => {
    const grace = visitor();
    await grace.logIn('grace');

    expect(await grace.openSocket({ origin: originFrom(sample.url) })).toBeUndefined();
  });

  it('is logged in and out by no page of another site', async () => {
    const heidi = visitor();
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const login = await heidi.post('login', { user: 'mallory', remember: true }, foreign);
    await heidi.logIn('heidi');
    const logout = await heidi.post('logout-everywhere', {}, foreign);

    expect([login.status, logout.status]).toEqual([403, 403]);
    expect(await heidi.seen()).toEqual(seenAs('heidi'));
  });
});
