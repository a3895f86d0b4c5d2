import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import {
  SecureCookieModule,
  type SecureCookieModuleOptions,
  type SecureCookieVerifyResult,
} from 'nestjs-secure-cookie';
import { CookieJar } from 'tough-cookie';
import { LabModule } from '../../sample/lab/lab.module.js';
import { PUBLISHED_SECRET } from '../../sample/published-secret.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';
import { SECRET } from '../support/secrets.js';

/** What `GET /lab/cookie` tells the page. */
interface State {
  readonly name: string;
  readonly signed?: string;
  readonly fields: readonly { readonly field: string; readonly content: string }[];
  readonly verdict: SecureCookieVerifyResult;
  readonly cookie: string;
  readonly keys: { readonly signs: number; readonly reads?: number };
  readonly maxAge: number;
  readonly now: number;
  readonly refusal?: string;
}

const BUTTONS = [
  'set',
  'renew',
  'encrypt',
  'clear',
  'change-character',
  'change-name',
  'backdate',
  'turn-key',
] as const;

type Button = (typeof BUTTONS)[number];

const press = (lab: RunningApp, button: Button, cookie = ''): Promise<Response> =>
  fetch(`${lab.url}/lab/${button}`, { method: 'POST', headers: { cookie } });

const stateOf = async (lab: RunningApp, cookie: string): Promise<State> =>
  JSON.parse(await (await fetch(`${lab.url}/lab/cookie`, { headers: { cookie } })).text());

/** Presses one button after the other in a browser of its own; the last answer, and the state. */
async function pressAll(lab: RunningApp, buttons: readonly Button[]) {
  const page = `${lab.url}/lab`;
  const browser = new CookieJar();
  const answers: { readonly note: string; readonly setCookie: string[] }[] = [];
  for (const button of buttons) {
    const response = await press(lab, button, await browser.getCookieString(page));
    const answer: (typeof answers)[number] = JSON.parse(await response.text());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(answer.setCookie).toEqual(response.headers.getSetCookie());
    for (const header of answer.setCookie) {
      await browser.setCookie(header, page);
    }
    answers.push(answer);
  }
  const cookie = await browser.getCookieString(page);
  return { answer: answers.at(-1), cookie, state: await stateOf(lab, cookie) };
}

const reasonOf = ({ verdict }: State): string =>
  verdict.valid ? `${verdict.value}, ${verdict.current ? 'current' : 'old key'}` : verdict.reason;

describe.each(platforms)('the cookie lab on $platform', (platform) => {
  let lab: RunningApp;

  describe('with the published secret', () => {
    beforeEach(async () => {
      lab = await startApp(platform, SampleWithoutAccount);
    });
    afterEach(() => lab.close());

    it('is one page under a strict policy, which names its style and script by their hashes', async () => {
      const response = await fetch(`${lab.url}/lab`);
      const policy = response.headers.get('content-security-policy')?.split('; ');

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(policy).toEqual([
        "default-src 'none'",
        expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
        expect.stringMatching(/^script-src 'sha256-[\w+/]{43}='$/),
        "connect-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]);
      expect(await response.text()).not.toMatch(/(?:src|href)="(?!data:)/);
    });

    it.each<[readonly Button[], string]>([
      [[], 'missing'],
      [['set'], 'alice, current'],
      [['set', 'renew'], 'alice, current'],
      [['renew'], 'missing'],
      [['encrypt'], 'alice, current'],
      [['encrypt', 'renew'], 'alice, current'],
      [['set', 'clear'], 'missing'],
      [['set', 'change-character'], 'signature'],
      [['encrypt', 'change-character'], 'signature'],
      [['change-character'], 'signature'],
      [['change-character', 'renew'], 'signature'],
      [['change-character', 'change-character'], 'signature'],
      [['set', 'change-name'], 'name'],
      [['encrypt', 'change-name'], 'name'],
      [['change-name', 'set'], 'alice, current'],
      [['change-name', 'clear'], 'missing'],
      [['backdate'], 'expired'],
      [['backdate', 'renew'], 'expired'],
      [['set', 'turn-key'], 'alice, old key'],
      [['encrypt', 'turn-key'], 'alice, old key'],
      [['set', 'turn-key', 'renew'], 'alice, current'],
      [['encrypt', 'turn-key', 'renew'], 'alice, current'],
      [['set', 'turn-key', 'turn-key'], 'unknown-key'],
      [['set', 'turn-key', 'turn-key', 'renew'], 'unknown-key'],
      [['turn-key', 'backdate'], 'expired'],
    ])('after %j the verdict is: %s', async (buttons, reason) => {
      const { state } = await pressAll(lab, buttons);

      expect(reasonOf(state)).toBe(reason);
    });

    it('takes the cookie apart', async () => {
      const { cookie, state } = await pressAll(lab, ['set']);
      const [format, keyVersion, date, name, value, signature] = cookie
        .slice('lab-user='.length)
        .split('|')
        .map((field) => field.slice(field.indexOf(':') + 1));

      expect(state).toMatchObject({ name: 'lab-user', keys: { signs: 1 }, maxAge: 600 });
      expect(state.cookie).toBe(cookie);
      expect(`lab-user=${state.signed}`).toBe(cookie);
      expect(state.fields.map(({ field, content }) => [field, content])).toEqual([
        ['format', format],
        ['key-version', keyVersion],
        ['date', date],
        ['name', name],
        ['value', value],
        ['signature', signature],
      ]);
      expect([format, keyVersion, name, value]).toEqual(['2', '1', 'lab-user', 'YWxpY2U=']);
      expect(Math.abs(state.now - Number(date))).toBeLessThan(60);
    });

    it.each([
      ['no signed value', 'garbage'],
      ['an empty one', ''],
      ['one as long as a header may be', '2|'.repeat(7_000)],
    ])('has no fields for %s, and answers all the same', async (_what, value) => {
      const state = await stateOf(lab, `lab-user=${value}`);

      expect(state.fields).toEqual([]);
      expect(state.verdict.valid).toBe(false);
    });

    it('says nothing of the other cookies of the request, whose HttpOnly it would undo', async () => {
      const { cookie } = await pressAll(lab, ['set']);
      const response = await fetch(`${lab.url}/lab/cookie`, {
        headers: { cookie: `session=confidential; ${cookie}; lab-users=confidential` },
      });

      expect(await response.text()).not.toContain('confidential');
    });

    it('turns its own key alone: the cookie of /user/ is recognised as before', async () => {
      const first = await fetch(`${lab.url}/user/`);
      const [cookie = ''] = first.headers.getSetCookie();
      const { state } = await pressAll(lab, ['turn-key', 'turn-key']);
      const second = await fetch(`${lab.url}/user/`, {
        headers: { cookie: cookie.split(';')[0] ?? '' },
      });

      expect(state.keys).toEqual({ signs: 3, reads: 2 });
      expect(await second.text()).toBe('Secure Cookie is technobeans');
    });

    it.each(BUTTONS)('does nothing for GET /lab/%s, which a link could make', async (button) => {
      const response = await fetch(`${lab.url}/lab/${button}`);

      expect(response.status).toBe(404);
      expect(response.headers.getSetCookie()).toEqual([]);
    });
  });

  describe.each<[string, SecureCookieModuleOptions]>([
    ['a secret of the app', { secret: SECRET }],
    [
      'the published secret in a key record',
      { secret: { 1: PUBLISHED_SECRET }, keyVersion: 1, allowWeakSecrets: true },
    ],
    [
      'a key provider',
      {
        keys: {
          load: async () => ({ secret: { 1: PUBLISHED_SECRET }, keyVersion: 1 }),
          refreshEvery: 60,
        },
        allowWeakSecrets: true,
      },
    ],
  ])('with %s', (_secret, options) => {
    @Module({ imports: [SecureCookieModule.forRoot(options), LabModule] })
    class AppWithSecret {}

    beforeEach(async () => {
      lab = await startApp(platform, AppWithSecret);
    });
    afterEach(() => lab.close());

    it('answers 403 to every button, signs nothing, and says why', async () => {
      const responses = await Promise.all(BUTTONS.map((button) => press(lab, button)));
      const { refusal = '', keys } = await stateOf(lab, '');

      expect(responses.map(({ status }) => status)).toEqual(BUTTONS.map(() => 403));
      expect(responses.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
      expect(refusal).toContain('start the sample without COOKIE_SECRET');
      expect(await Promise.all(responses.map((response) => response.json()))).toEqual(
        BUTTONS.map(() => expect.objectContaining({ statusCode: 403, message: refusal })),
      );
      // Nothing to turn either.
      expect(keys).toEqual({ signs: 1 });
    });
  });
});
