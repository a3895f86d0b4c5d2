import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const BASE_STYLE = '<link rel="stylesheet" href="../../page/base.css" />';

/** A page, and what it may do. */
export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/**
 * Reads a page, and puts its style and its script inside: one request, and nothing from elsewhere. The
 * policy names them by their hashes: they never change, so no nonce has to be kept from anyone.
 *
 * @param path - of the files below `sample/`, without `.html`, `.css` and `.js`
 */
export function readPage(path: string): Page {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const style = asset('page/base.css') + asset(`${path}.css`);
  const script = asset(`${path}.js`);
  return {
    html: asset(`${path}.html`)
      .replace(BASE_STYLE, '')
      .replace(`<link rel="stylesheet" href="${name}.css" />`, () => `<style>${style}</style>`)
      .replace(
        `<script type="module" src="${name}.js"></script>`,
        () => `<script type="module">${script}</script>`,
      ),
    contentSecurityPolicy: [
      "default-src 'none'",
      `style-src ${hash(style)}`,
      `script-src ${hash(script)}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  };
}

function asset(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', path), 'utf8');
}

function hash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}
