import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { forkServer, type ForkedServer } from '../support/forked-server.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import type { DatedAnswer, DatedKeys, DatedServerSettings } from './dated-server.js';

/** Seconds between the two clocks. */
const APART = 1;

async function visit({ url }: ForkedServer, signed?: string): Promise<DatedAnswer> {
  const headers: Record<string, string> = signed === undefined ? {} : { cookie: `user=${signed}` };
  return JSON.parse(await (await fetch(url, { headers })).text());
}

const keyOf = (signed: string): string | undefined => signed.split('|')[1]?.split(':')[1];

it('a rotation by dates, in one deploy: two processes whose clocks are a second apart refuse nothing', async () => {
  const program = new URL('dated-server.ts', import.meta.url);
  const servers = await Promise.all(
    [0, APART].map((clockOffset) => {
      const settings: DatedServerSettings = { clockOffset };
      return forkServer(program, settings);
    }),
  );
  const [behind, ahead] = servers as [ForkedServer, ForkedServer];
  const begun = Date.now();
  const keys: DatedKeys = {
    old: SECRET,
    next: OTHER_SECRET,
    nextSignsFrom: begun + 2000,
    // By either clock after the end of what the old key signs, which lives for two seconds.
    oldReadsUntil: begun + 5500,
  };
  const deployment = `?keys=${encodeURIComponent(JSON.stringify(keys))}`;
  await Promise.all(servers.map(({ url }) => fetch(url + deployment)));
  const visits: string[] = [];
  let first: string | undefined;
  let last: string | undefined;
  try {
    while (Date.now() < keys.oldReadsUntil + 500) {
      const { signed: here } = await visit(behind);
      const { signed: there } = await visit(ahead);
      const verdicts = [
        (await visit(behind, there)).verdict,
        (await visit(behind, here)).verdict,
        (await visit(ahead, there)).verdict,
      ];
      expect(verdicts).toEqual(['alice', 'alice', 'alice']);
      visits.push(`${keyOf(here)}${keyOf(there)}`);
      first ??= there;
      last = keyOf(here) === '1' ? here : last;
      await delay(50);
    }
    // What the old key has signed is of an unknown key then, and not merely expired.
    const old = await Promise.all(
      [first, last].flatMap((signed) => servers.map((server) => visit(server, signed))),
    );
    expect(old.map(({ verdict }) => verdict)).toEqual(Array(4).fill('unknown-key'));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  // Both sign with the old key, then one with the next one, then both: never back.
  expect([...new Set(visits)]).toEqual(['11', '12', '22']);
}, 60_000);
