import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../package/support/project.js';
import { DOCUMENTS, proseOf } from './support/documents.js';

/** Paths in the text that say where something is shown: `test/jar/renewal.spec.ts`, `lib/signing/hmac.ts`. */
const PATH = /`((?:docs|lib|sample|test)\/[\w./-]+)`/g;

/** Commands in the text: `npm run fuzz -- edits`. */
const SCRIPT = /npm (?:run )?((?<=run )[\w:-]+|start|test)\b/g;

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

describe.each(DOCUMENTS)('$path', ({ path, text }) => {
  it('links to files and headings that exist', () => {
    const links = allOf(proseOf(text), /\]\(([^)\s]+)\)/g)
      .filter((target) => !/^https?:/.test(target))
      .map((target) => linkOf(path, target));

    expect(links.filter(({ file, heading }) => !headingsOf(file).includes(heading))).toEqual([]);
  });

  it('names files and commands that exist', () => {
    expect(allOf(text, PATH).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(allOf(text, SCRIPT).filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  it('has each heading once, so that its link is the heading itself', () => {
    const headings = headingsOf(path);

    expect(headings.filter((heading, index) => headings.indexOf(heading) !== index)).toEqual([]);
  });
});

it('has a README that npm and people show at one glance, and that links every page', () => {
  const readme = DOCUMENTS.find(({ path }) => path === 'README.md')?.text ?? '';
  const linked = allOf(proseOf(readme), /\]\(([^)\s#]+)/g);
  const pages = DOCUMENTS.map(({ path }) => path).filter((path) => path.startsWith('docs/'));

  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
});

it('has a plan of the house with every room of lib/ and every folder of test/', () => {
  const contributing = DOCUMENTS.find(({ path }) => path === 'CONTRIBUTING.md')?.text ?? '';
  const [, house = ''] = /^## The house\n(.*?)^## /ms.exec(contributing) ?? [];
  const folders = ['lib', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()),
  );

  expect(folders.length).toBeGreaterThan(20);
  expect(folders.map(({ name }) => name).filter((name) => !house.includes(` ${name}/ `))).toEqual(
    [],
  );
});

/** The file and the heading behind a link; the heading is empty for the whole file. */
function linkOf(document: string, target: string): { file: string; heading: string } {
  const [path = '', heading = ''] = target.split('#', 2);
  return { file: path === '' ? document : posix.join(posix.dirname(document), path), heading };
}

/** The anchors of a file as GitHub makes them, and the empty one; none where there is no file. */
function headingsOf(file: string): string[] {
  if (!existsSync(join(ROOT, file))) {
    return [];
  }
  const text = file.endsWith('.md') ? proseOf(readFileSync(join(ROOT, file), 'utf8')) : '';
  return ['', ...allOf(text, /^#+ (.+)$/gm).map(anchorOf)];
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function allOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
