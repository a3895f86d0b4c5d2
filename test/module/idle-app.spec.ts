import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runProcess } from '../support/child-process.js';
import { SECRET } from '../support/secrets.js';

describe('an app whose keys are loaded, as a process,', () => {
  const PROGRAM = fileURLToPath(new URL('idle-app.ts', import.meta.url));
  const run = (loads: string) =>
    runProcess([process.execPath, '--import', 'tsx', PROGRAM, loads], { NODE_NO_WARNINGS: '1' });

  it('with nothing else to do ends, though a refresh is to come', async () => {
    expect(await run('succeeds')).toEqual({ code: 0, output: 'started\n' });
  }, 30_000);

  it('with nothing else to do ends, though a refresh hangs', async () => {
    const { code, output } = await run('hangs');

    // A slow machine refreshes before the app has started.
    expect(output.trim().split('\n').toSorted()).toEqual(['ended', 'hanging', 'started']);
    expect(code).toBe(0);
  }, 30_000);

  it('whose first load fails does not start, and prints no secret', async () => {
    const { code, output } = await run('fails');

    expect(code).toBe(1);
    expect(output).toContain('Loading the keys failed at start-up: SyntaxError');
    expect(output).not.toMatch(/^started$/m);
    // JSON.parse quotes the beginning of what it was given.
    expect(output).not.toContain(SECRET.slice(0, 10));
  }, 30_000);
});
