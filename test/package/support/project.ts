import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The library's own folder. */
export const ROOT = resolve(import.meta.dirname, '../../..');

export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Folders of installed packages to lend to a project. */
export const NEST_12 = join(ROOT, 'node_modules');
export const NEST_11 = join(ROOT, 'test/nest11/node_modules');

/** What `npm pack` says of the tarball that it made. */
export interface PackedPackage {
  readonly filename: string;
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

/** A user's project in a folder of its own, with the packed library installed. */
export class Project {
  private constructor(readonly folder: string) {}

  /**
   * @param dependencies - folders of installed packages, which the project sees as its own; the
   * first that holds a package wins
   */
  static async create(...dependencies: string[]): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-')));
    const { filename } = await pack(project.folder);
    const installed = join(project.folder, 'node_modules/nestjs-secure-cookie');
    await mkdir(installed, { recursive: true });
    await project.run('tar', '-xzf', filename, '-C', installed, '--strip-components=1');
    const { dependencies: own }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    );
    await project.#lend(
      'node_modules/nestjs-secure-cookie/node_modules',
      NEST_12,
      Object.keys(own),
    );
    for (const folder of dependencies) {
      await project.#lend('node_modules', folder, await readdir(folder));
    }
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

  /** Without the flags that Jest runs under, and with the same Node. */
  #surroundings() {
    const { NODE_OPTIONS: _, PATH, ...environment } = process.env;
    return {
      cwd: this.folder,
      env: { ...environment, PATH: `${dirname(process.execPath)}${delimiter}${PATH}` },
    };
  }

  async #lend(to: string, from: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (name.startsWith('@') && !name.includes('/')) {
        const scoped = await readdir(join(from, name));
        await this.#lend(
          to,
          from,
          scoped.map((scopedName) => `${name}/${scopedName}`),
        );
        continue;
      }
      const target = join(this.folder, to, name);
      if (!existsSync(target)) {
        await mkdir(dirname(target), { recursive: true });
        await symlink(join(from, name), target);
      }
    }
  }
}
