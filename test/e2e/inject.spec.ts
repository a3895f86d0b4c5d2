import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, it } from '@jest/globals';
import { exits, type ExitResponse } from '../support/exits/exits.js';
import { expectExit } from '../support/exits/expect-exit.js';

const PROGRAM = ['--import', 'tsx', 'test/support/exits/inject.ts'];

describe("a cookie that is set arrives, through Fastify's inject:", () => {
  let responses: ReadonlyMap<string, ExitResponse>;
  let without: ReadonlyMap<string, ExitResponse>;

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, PROGRAM);
    const printed = JSON.parse(stdout);
    responses = new Map(printed.responses);
    without = new Map(printed.without);
  }, 30_000);

  const injected = exits.filter(
    ({ only, method, path }) =>
      only !== 'express' &&
      // The program is compiled without parameter types, so there is nothing to validate by.
      method !== 'POST' &&
      // Node 20 drops the first of two equal names there, unless our cookie makes us pass them on.
      path !== '/raw-array',
  );

  it.each(injected)('$exit', (exit) => {
    const none: ExitResponse = { status: undefined, setCookies: [], body: '' };

    expectExit(exit, responses.get(exit.exit) ?? none, without.get(exit.exit) ?? none);
  });
});
