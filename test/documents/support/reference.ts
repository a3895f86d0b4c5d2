import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { DEVICE_BOUND, INDEX, TESTING } from './compiled-code.js';
import { ROOT } from '../../package/support/project.js';

/** A documentation comment of the library, with what it stands before. */
export interface Comment {
  /** For people: the file, and the name of what is documented. */
  readonly title: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

const LIB = join(ROOT, 'lib');

/** Every documentation comment of the library's sources. */
export const COMMENTS: readonly Comment[] = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => commentsOf(parse(join(LIB, file))));

/** What the library's entry points export. */
export const EXPORTED_NAMES = {
  index: exportedNames(INDEX),
  testing: exportedNames(TESTING),
  deviceBound: exportedNames(DEVICE_BOUND),
};

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
}

function commentsOf(source: ts.SourceFile): Comment[] {
  const comments: Comment[] = [];
  const visit = (node: ts.Node): void => {
    // Of a variable's comment, the compiler says that it belongs to its initializer as well.
    const own = ts.getJSDocCommentsAndTags(node).filter((comment) => comment.parent === node);
    for (const comment of own.filter(ts.isJSDoc)) {
      comments.push({
        title: `${relative(LIB, source.fileName)} ${nameOf(node)}`,
        tags: tagsOf(comment.getText(source)),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return comments;
}

function nameOf(node: ts.Node): string {
  const named = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
  const name = named === undefined ? undefined : ts.getNameOfDeclaration(named as ts.Declaration);
  return name?.getText() ?? 'constructor';
}

/** Read as text: the compiler takes the link in `@throws {@link ...}` for a tag of its own. */
function tagsOf(comment: string): { name: string; text: string }[] {
  const lines = comment.replaceAll(/^\/\*\*|\*\/$|^\s*\*(?!\/) ?/gm, '');
  return lines
    .split(/^(?=@\w)/m)
    .filter((part) => part.startsWith('@'))
    .map((part) => {
      const [, name = '', text = ''] = /^@(\w+)\s*(.*)/s.exec(part) ?? [];
      return { name, text: text.trim() };
    });
}

function exportedNames(file: string): string[] {
  return parse(file)
    .statements.filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : [],
    );
}
