import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { DOCUMENTS } from '../documents/support/documents.js';
import { axeFindings } from '../lab/support/axe-findings.js';
import { describeWithBrowser } from '../lab/support/describe-with-browser.js';
import { sharePage, showIn } from '../lab/support/share-page.js';
import { ROOT } from '../package/support/project.js';

const WIDE = { width: 1200, height: 900 };
const NARROW = { width: 360, height: 740 };

/** One of each kind. */
const PAGES = [
  'index.html',
  'modules.html',
  'documents/errors.html',
  'documents/encryption.html',
  'documents/comparison.html',
  'classes/SecureCookieSigner.html',
  'functions/defineSecureCookie.html',
];

const site = join(ROOT, 'build/docs');

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', '--silent', 'docs'], { cwd: ROOT });
  // TypeDoc takes its time on a busy machine.
}, 300_000);

describe('the site of the documents and the API reference', () => {
  it('has a page for each document', () => {
    const missing = DOCUMENTS.map(({ path }) => path.replace(/^docs\/|\.md$/g, ''))
      .filter((name) => name !== 'README')
      .filter((name) => !existsSync(join(site, `documents/${name}.html`)));

    expect(missing).toEqual([]);
  });

  it('has no dead link', () => {
    const dead = htmlFiles().flatMap((file) =>
      linksOf(file)
        .filter((link) => !leadsSomewhere(file, link))
        .map((link) => `${relative(site, file)}: ${link}`),
    );

    expect(dead).toEqual([]);
  });

  it('asks nothing of a network', () => {
    const asked = htmlFiles().flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /<(?:script|link|img|source)\b[^>]*(?:src|href|srcset)="(https?:[^"]+)"/g,
        ),
      ].map(([, url]) => `${relative(site, file)}: ${url}`),
    );

    expect(asked).toEqual([]);
  });
});

function htmlFiles(): string[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html'))
    .map((file) => join(site, file));
}

function linksOf(file: string): string[] {
  const html = readFileSync(file, 'utf8').replaceAll(/<script[^]*?<\/script>/g, '');
  return [...html.matchAll(/(?:href|src)="([^"]*)"/g)]
    .map(([, link = '']) => link.replaceAll('&amp;', '&'))
    .filter((link) => !/^(?:https?|data|mailto):/.test(link));
}

const anchors = new Map<string, ReadonlySet<string>>();

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor = ''] = link.split('#', 2).map(decodeURIComponent);
  const file = path === '' ? from : resolve(dirname(from), path);
  if (!existsSync(file)) {
    return false;
  }
  if (anchor === '' || !file.endsWith('.html')) {
    return true;
  }
  const known =
    anchors.get(file) ??
    new Set([...readFileSync(file, 'utf8').matchAll(/\bid="([^"]*)"/g)].map(([, id = '']) => id));
  anchors.set(file, known);
  return known.has(anchor);
}

describeWithBrowser('the site in a browser', (browser) => {
  let page: Page;

  const sharePageOf = (options: BrowserContextOptions): void => {
    sharePage(browser, { ...options, reducedMotion: 'reduce' }, (shared) => {
      page = shared;
    });
    // The site keeps there what of its menu is open.
    afterEach(() => page.evaluate('localStorage.clear(); sessionStorage.clear()'));
  };

  const open = (path: string): Promise<unknown> => page.goto(pathToFileURL(join(site, path)).href);

  describe('in all colours and sizes', () => {
    sharePageOf({});

    describe.each([
      { colorScheme: 'light', viewport: WIDE },
      { colorScheme: 'dark', viewport: NARROW },
    ] as const)('in $colorScheme, $viewport.width pixels wide', (options) => {
      it.each(PAGES)('gives axe nothing to object to: %s', async (path) => {
        await showIn(page, options);
        await open(path);

        expect(await axeFindings(page, '.table, .site-menu')).toEqual([]);
      });
    });
  });

  describe('on a phone', () => {
    sharePageOf({ viewport: NARROW, hasTouch: true, isMobile: true });

    it.each(PAGES)('can be read without scrolling sideways: %s', async (path) => {
      await open(path);
      await page.waitForLoadState('networkidle');

      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(
        NARROW.width,
      );
    });
  });

  describe('on a desk', () => {
    sharePageOf({ viewport: WIDE });

    it('finds pages and classes, and asks nothing of a network', async () => {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await open('index.html');
      await page.locator('#tsd-search-trigger').click();
      await page.locator('#tsd-search-input').fill('renewing');
      await page.locator('#tsd-search-results a').first().waitFor();

      expect(await page.locator('#tsd-search-results').textContent()).toMatch(/Renewing cookies/);
      expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
      expect(
        requests.filter((url) => !existsSync(fileURLToPath(url.split(/[?#]/, 1).join('')))),
      ).toEqual([]);
    });
  });
});
