import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../package/support/project.js';

/** A Markdown file of the repository. */
export interface Document {
  /** Its path below the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** A table: the cells of its head, and those of each row. */
interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What users read: the README and the pages. Found by folder, so that a new page is tested. */
export const PAGES: readonly Document[] = [document('README.md'), ...documentsBelow('docs')];

/** And what the project says of itself. */
export const DOCUMENTS: readonly Document[] = [
  ...PAGES,
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(document),
];

export function document(path: string): Document {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

function documentsBelow(folder: string): Document[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => document(`${folder}/${file.replaceAll('\\', '/')}`));
}

/** A fence, its language, and what it holds. A list item may indent it. */
const FENCE = /^( *)```([\w-]*)\n(.*?)^\1```$/gms;

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map(([, , language = '', code = '']) => ({
    language,
    code,
  }));
}

/** The blocks of one language. */
export function codeBlocks(markdown: string, language: string): string[] {
  return blocksOf(markdown)
    .filter((block) => block.language === language)
    .map(({ code }) => code);
}

/** What is not in a fenced block. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(FENCE, '');
}

/** The TypeScript blocks by file name, which their first line may give. */
export function typeScriptFiles(markdown: string): { file: string; code: string }[] {
  return codeBlocks(markdown, 'ts').map((code, index) => {
    const [, file = `src/block-${index + 1}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
    return { file, code };
  });
}

/** One file of a document. */
export function typeScriptFile(path: string, file: string): string {
  const found = typeScriptFiles(document(path).text).find((one) => one.file === file);
  if (found === undefined) {
    throw new Error(`${path} has no ${file}.`);
  }
  return found.code;
}

export function tablesOf(markdown: string): Table[] {
  return [...proseOf(markdown).matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => {
    const [head = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf);
    return { head, rows };
  });
}

/** The code in the first cells of every table whose head begins with this word. */
export function listed(word: string, documents: readonly Document[]): string[] {
  return documents
    .flatMap(({ text }) => tablesOf(text))
    .filter(({ head }) => head[0] === word)
    .flatMap(({ rows }) => rows.map(([first = '']) => first.replaceAll('`', '')));
}

/** A pipe in a cell has a backslash before it. */
function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
