import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack, ROOT, type PackedPackage } from './support/project.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

describe('the tarball', () => {
  let folder: string;
  let packed: PackedPackage;
  let tarball: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-'));
    packed = await pack(folder);
    tarball = new Uint8Array(await readFile(join(folder, packed.filename)));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('holds the builds, their sources and four documents, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const outside = paths.filter((path) => !path.startsWith('dist/'));

    expect(outside.filter((path) => !/^lib\/[\w/.-]+\.ts$/.test(path)).toSorted(byName)).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(paths).toEqual(
      expect.arrayContaining(['dist/esm/index.js', 'dist/cjs/index.js', 'dist/cjs/package.json']),
    );
    expect(
      paths.filter((path) =>
        /^dist\/(?!(?:esm|cjs)\/[\w/.-]+\.(?:js|d\.ts)(?:\.map)?$)/.test(path),
      ),
    ).toEqual(['dist/cjs/package.json']);
  });

  it('is small: two builds with their maps, and the sources once', () => {
    expect(packed.size).toBeLessThan(440_000);
    expect(packed.unpackedSize).toBeLessThan(2_700_000);
  });

  it('has the source that each map names', async () => {
    const paths = packed.files.map(({ path }) => path);
    const maps = paths.filter((path) => path.endsWith('.map'));
    const sources = await Promise.all(
      maps.map(async (path) => {
        const map: { sources: string[] } = JSON.parse(await readFile(join(ROOT, path), 'utf8'));
        return map.sources.map((source) => posix.join(posix.dirname(path), source));
      }),
    );

    expect(maps.length).toBeGreaterThan(200);
    expect(sources.flat().filter((source) => !paths.includes(source))).toEqual([]);
  });

  it('runs no script when it is installed', async () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      await readFile(join(ROOT, 'package.json'), 'utf8'),
    );

    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
  });

  it.each(['esm', 'cjs'])(
    'has declarations with comments and maps in the %s build',
    async (build) => {
      const declarations = packed.files
        .map(({ path }) => path)
        .filter((path) => path.startsWith(`dist/${build}/`) && path.endsWith('.d.ts'));
      const texts = await Promise.all(
        declarations.map((path) => readFile(join(ROOT, path), 'utf8')),
      );

      expect(texts.join('\n')).toContain('@defaultValue 2_678_400 (31 days, as in Tornado)');
      expect(texts.join('\n')).toContain('Tornado: `create_signed_value`');
      expect(texts.join('\n')).not.toContain('@internal');
      expect(texts.join('\n')).not.toMatch(/\b(?:signPending|isSignedBy)\b/);
      expect(packed.files.map(({ path }) => path)).toEqual(
        expect.arrayContaining(declarations.map((path) => `${path}.map`)),
      );
    },
  );

  it('has nothing that publint would mention', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });

    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are right under every kind of resolution', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball));

    expect(result.types).toEqual({ kind: 'included' });
    expect('problems' in result && result.problems).toEqual([]);
  });
});

function byName(one: string, other: string): number {
  return one < other ? -1 : 1;
}
