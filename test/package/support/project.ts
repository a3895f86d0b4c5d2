import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** What `npm ci` fetched is in npm's cache. */
export const QUIETLY = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

const NOT_THEIRS = /^(?:NODE_OPTIONS$|npm_(?!config_(?:cache|registry)$)|INIT_CWD$)/;

const run = promisify(execFile);

/** The library's own folder. */
export const ROOT = resolve(import.meta.dirname, '../../..');

export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Of the CLI that is installed here. */
const OUR_MAJOR = 12;

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
function installed(folder: string, names: readonly string[]): string[] {
  return names.map((name) => {
    const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    const { version }: { version: string } = JSON.parse(manifest);
    return `${name}@${version}`;
  });
}

/** The part of a package.json that is changed here. */
interface Manifest {
  devDependencies: Record<string, string>;
}

/** What the CLI lets a new app install for its editor and its style: nothing here starts it. */
const UNUSED =
  /eslint|prettier|oxlint|^globals$|supertest|coverage|\/mau$|ts-(?:loader|node)|source-map/;

/** A shell command that finds `nest` on its path: our own CLI, or the newest of an older major. */
export function withCli(major: number, command: string): string {
  return major === OUR_MAJOR
    ? `PATH="${join(ROOT, 'node_modules/.bin')}${delimiter}$PATH" ${command}`
    : `npm exec --yes --prefer-offline --loglevel=error --package=@nestjs/cli@${major} -- ${command}`;
}

/** Ends what {@link Project.start} started: the shell and all that it started. */
export async function stop(started: ChildProcess): Promise<void> {
  const { pid } = started;
  if (pid !== undefined && started.exitCode === null && started.signalCode === null) {
    const ended = once(started, 'exit');
    process.kill(-pid);
    await ended;
  }
}

/** A user's project: a folder in which npm installed the tarball and its peers. */
export class Project {
  private constructor(readonly folder: string) {}

  /** An empty folder. */
  static async empty(): Promise<Project> {
    return new Project(await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-')));
  }

  /**
   * @param type - the project's kind of modules
   * @param packages - what it installs beside the library, as npm names it
   */
  static async create(type: 'module' | 'commonjs', packages: readonly string[]): Promise<Project> {
    const project = await Project.empty();
    const { filename } = await pack(project.folder);
    await project.write({ 'package.json': JSON.stringify({ private: true, type }) });
    await project.run('npm', 'install', ...QUIETLY, '--no-save', `./${filename}`, ...packages);
    return project;
  }

  /**
   * What `nest new` makes, with the CLI of a major. The CLI itself stays where {@link withCli} finds it:
   * installing it in the app as well takes as long as all the rest.
   *
   * @param install - the command that installs the library: its name stands for the tarball
   * @param packages - what the app installs beside it, as npm names it
   */
  static async generate(
    major: number,
    install: string,
    packages: readonly string[],
  ): Promise<Project> {
    const project = await Project.empty();
    const observe = major > 11 ? '--no-observe' : '';
    await project.run(
      'bash',
      '-euc',
      withCli(
        major,
        `nest new app --directory . --skip-install --skip-git --package-manager npm ${observe}`,
      ),
    );
    await project.edit('package.json', (text) => {
      const manifest: Manifest = JSON.parse(text);
      const used = Object.entries(manifest.devDependencies).filter(
        ([name]) => !UNUSED.test(name) && !/^@nestjs\/(?:cli|schematics)$/.test(name),
      );
      return JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(used) });
    });
    const { filename } = await pack(project.folder);
    const command = install.trim().replace('nestjs-secure-cookie', `./${filename}`);
    await project.run('bash', '-euc', [command, ...QUIETLY, ...packages].join(' '));
    return project;
  }

  /** Changes a file. */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(this.folder, path);
    await writeFile(file, change(await readFile(file, 'utf8')));
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

  /** Starts a shell script in the project, of which errors alone are shown. {@link stop} ends it. */
  start(script: string): ChildProcess {
    return spawn('bash', ['-euc', script], {
      ...this.#surroundings(),
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
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
