import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../package/support/project.js';

/** The library's entry points. */
export const INDEX = join(ROOT, 'lib/index.ts');
export const TESTING = join(ROOT, 'lib/testing/index.ts');
export const DEVICE_BOUND = join(ROOT, 'lib/device-bound/index.ts');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  paths: {
    'nestjs-secure-cookie': [INDEX],
    'nestjs-secure-cookie/testing': [TESTING],
    'nestjs-secure-cookie/device-bound': [DEVICE_BOUND],
  },
  types: ['node'],
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
};

const FORMAT: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => ROOT,
  getNewLine: () => '\n',
};

/** The properties that the declarations of a type spell out, but for internal ones. */
export function propertiesOf(symbol: ts.Symbol): ts.PropertySignature[] {
  const found: ts.PropertySignature[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && !node.getFullText().includes('@internal')) {
      found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  symbol.declarations
    ?.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
    .forEach(visit);
  return found;
}

/** Their names. */
export function optionsOf(symbol: ts.Symbol): string[] {
  return propertiesOf(symbol).map(({ name }) => name.getText());
}

/** The code of a document, which the compiler reads beside the library. */
export class CompiledCode {
  readonly #folder: string;
  readonly #program: ts.Program;

  private constructor(folder: string, program: ts.Program) {
    this.#folder = folder;
    this.#program = program;
  }

  static async of(
    files: readonly { readonly file: string; readonly code: string }[],
    options: ts.CompilerOptions = {},
  ): Promise<CompiledCode> {
    // Below the root, so that packages resolve.
    await mkdir(join(ROOT, 'build'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, 'build/code-'));
    for (const { file, code } of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), code);
    }
    const sources = [...files.map(({ file }) => join(folder, file)), INDEX, TESTING, DEVICE_BOUND];
    return new CompiledCode(folder, ts.createProgram(sources, { ...OPTIONS, ...options }));
  }

  /** What the compiler says of a file. */
  complaints(file: string): string {
    const source = this.#program.getSourceFile(join(this.#folder, file));
    return source === undefined
      ? `There is no ${file}.`
      : ts.formatDiagnostics(
          [
            ...this.#program.getSyntacticDiagnostics(source),
            ...this.#program.getSemanticDiagnostics(source),
          ],
          FORMAT,
        );
  }

  /** What an entry point of the library exports. */
  exportsOf(entry: string): ts.Symbol[] {
    const checker = this.#program.getTypeChecker();
    const source = this.#program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    return module === undefined
      ? []
      : checker.getExportsOfModule(module).map((symbol) => checker.getAliasedSymbol(symbol));
  }

  /** The members of an exported union of texts. */
  union(name: string): string[] {
    const symbol = this.exportsOf(INDEX).find((one) => one.name === name);
    const type = symbol && this.#program.getTypeChecker().getDeclaredTypeOfSymbol(symbol);
    return type?.isUnion() === true
      ? type.types.map((member) => (member.isStringLiteral() ? member.value : '?'))
      : [];
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}
