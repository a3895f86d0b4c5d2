import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** What `npm ci` fetched is in npm's cache. */
const QUIETLY = ['--no-audit', '--no-fund', '--no-save', '--prefer-offline', '--loglevel=error'];

const NOT_THEIRS = /^(?:NODE_OPTIONS$|npm_(?!config_(?:cache|registry)$)|INIT_CWD$)/;

const run = promisify(execFile);

/** The library's own folder. */
export const ROOT = resolve(import.meta.dirname, '../../..');

export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const NEST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/testing',
  'reflect-metadata',
  'rxjs',
];

/** What a Nest app installs beside the library, as npm names it. */
export const NEST_12 = [...installed(ROOT, NEST), ...installed(ROOT, ['@types/node'])];
export const NEST_11 = [
  ...installed(join(ROOT, 'test/nest11'), NEST),
  ...installed(ROOT, ['@types/node']),
];

/** What `npm pack` says of the tarball that it made. */
export interface PackedPackage {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the library as `npm publish` would. */
export async function pack(folder: string): Promise<PackedPackage> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [packed]: PackedPackage[] = JSON.parse(stdout);
  if (packed === undefined) {
    throw new Error(`npm pack made nothing: ${stdout}`);
  }
  return packed;
}

/** Packages in the versions that the repository's own tests run with. */
export function installed(folder: string, names: readonly string[]): string[] {
  return names.map((name) => {
    const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    const { version }: { version: string } = JSON.parse(manifest);
    return `${name}@${version}`;
  });
}

/** A user's project: an empty folder, in which npm installed the tarball and its peers. */
export class Project {
  private constructor(readonly folder: string) {}

  /**
   * @param type - the project's kind of modules
   * @param packages - what it installs beside the library, as npm names it
   */
  static async create(type: 'module' | 'commonjs', packages: readonly string[]): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-')));
    const { filename } = await pack(project.folder);
    await project.write({ 'package.json': JSON.stringify({ private: true, type }) });
    await project.run('npm', 'install', ...QUIETLY, `./${filename}`, ...packages);
    return project;
  }

  /** Writes files: text by path. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  /** Copies a folder of `test/package/apps` into the project. */
  async copy(app: string, to: string): Promise<void> {
    await cp(join(ROOT, 'test/package/apps', app), join(this.folder, to), { recursive: true });
  }

  /** Runs a program in the project. */
  async run(program: string, ...parameters: string[]): Promise<{ stdout: string; stderr: string }> {
    try {
      return await run(program, parameters, this.#surroundings());
    } catch (error) {
      const { stdout, stderr } = Object(error);
      throw new Error(`${program} failed:\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  /** Starts a shell script in the project, of which errors alone are shown. */
  start(script: string): ChildProcess {
    return spawn('bash', ['-euc', script], {
      ...this.#surroundings(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** With the same Node, but neither the flags that Jest runs under nor what npm set for our scripts. */
  #surroundings() {
    const environment = Object.entries(process.env).filter(([name]) => !NOT_THEIRS.test(name));
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
    return { cwd: this.folder, env: { ...Object.fromEntries(environment), PATH: path } };
  }
}
