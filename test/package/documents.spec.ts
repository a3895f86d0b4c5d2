import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './support/project.js';

const DOCUMENTS = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** Paths in the text that say where something is shown: `test/token.spec.ts`, `lib/signing/hmac.ts`. */
const PATH = /`((?:lib|sample|test)\/[\w./-]+)`/g;

/** Commands in the text: `npm run fuzz -- edits`. */
const SCRIPT = /npm run ([\w:-]+)/g;

const { scripts }: { scripts: Record<string, string> } = JSON.parse(await read('package.json'));

describe.each(DOCUMENTS)('%s', (document) => {
  it('links to files and headings that exist', async () => {
    const text = await read(document);
    const links = allOf(text, /\]\(([^)\s]+)\)/g)
      .filter((target) => !/^https?:/.test(target))
      .map((target) => linkOf(document, target));

    const missing = await Promise.all(
      links.map(async ({ file, heading }) => {
        const headings = existsSync(join(ROOT, file)) ? await headingsOf(file) : [];
        return headings.includes(heading) ? [] : [`${file}#${heading}`];
      }),
    );

    expect(missing.flat()).toEqual([]);
  });

  it('names files and scripts that exist', async () => {
    const text = await read(document);

    expect(allOf(text, PATH).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(allOf(text, SCRIPT).filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

/** The file and the heading behind a link; the heading is empty for the whole file. */
function linkOf(document: string, target: string): { file: string; heading: string } {
  const [path = '', heading = ''] = target.split('#', 2);
  return { file: path === '' ? document : join(dirname(document), path), heading };
}

/** The anchors of a document as GitHub makes them, and the empty one. */
async function headingsOf(file: string): Promise<string[]> {
  const headings = allOf(await read(file), /^#+ (.+)$/gm);
  return ['', ...headings.map(anchorOf)];
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function allOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

function read(file: string): Promise<string> {
  return readFile(join(ROOT, file), 'utf8');
}
