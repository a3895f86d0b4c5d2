import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const style = asset('lab.css');
const script = asset('lab.js');

/** The page, with its style and its script inside: one request, and nothing from elsewhere. */
export const LAB_PAGE = asset('lab.html')
  .replace('<link rel="stylesheet" href="lab.css" />', () => `<style>${style}</style>`)
  .replace(
    '<script type="module" src="lab.js"></script>',
    () => `<script type="module">${script}</script>`,
  );

/**
 * What the page may do. Its own style and script are named by their hashes: they never change, so
 * no nonce has to be kept from anyone.
 */
export const LAB_CONTENT_SECURITY_POLICY = [
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
].join('; ');

function asset(name: string): string {
  return readFileSync(join(import.meta.dirname, 'page', name), 'utf8');
}

function hash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}
