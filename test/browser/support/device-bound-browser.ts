import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { ARGUMENTS, CHROMIUM, missingBrowser } from '../../lab/support/browser.js';
import { selfSigned, type Certificate } from '../../support/certificate.js';

/**
 * What Chromium needs to bind sessions: without a TPM, keys in software, and no limit of refreshes.
 * Playwright has a list of features of its own, and of two lists the last counts.
 */
const FEATURES =
  '--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting';

const PROGRAMS = { '/usr/bin/Xvfb': 'xvfb', '/usr/bin/certutil': 'libnss3-tools' };

/** Why sessions cannot be bound here; `undefined` where they can. */
export const missingForBinding =
  missingBrowser ??
  Object.entries(PROGRAMS)
    .filter(([program]) => !existsSync(program))
    .map(([program, debian]) => `${program} is missing: apt-get install ${debian}`)[0];

/** A browser that knows Device Bound Session Credentials, and what its servers need. */
export interface DeviceBoundBrowser {
  readonly browser: Browser;
  /** For localhost and `*.test`; this browser trusts it. */
  readonly certificate: Certificate;
  readonly close: () => Promise<void>;
}

/**
 * Starts Chromium with a screen that nobody sees, because the protocol is off without one, and with a
 * home whose certificates it trusts, because the protocol is off where their errors are ignored.
 */
export async function startDeviceBoundBrowser(): Promise<DeviceBoundBrowser> {
  const home = await mkdtemp(join(tmpdir(), 'device-bound-'));
  const certificate = selfSigned(
    'subjectAltName=DNS:localhost,DNS:shop.test,DNS:elsewhere.test',
    'basicConstraints=critical,CA:TRUE',
  );
  await trust(certificate, home);
  const screen = await startScreen();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    headless: false,
    env: { ...process.env, HOME: home, DISPLAY: screen.display },
    args: [...ARGUMENTS, FEATURES],
  });
  return {
    browser,
    certificate,
    async close() {
      await browser.close();
      await screen.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function trust({ cert }: Certificate, home: string): Promise<void> {
  const folder = join(home, '.pki/nssdb');
  const file = join(home, 'certificate.pem');
  await mkdir(folder, { recursive: true });
  await writeFile(file, cert);
  const certutil = (...options: readonly string[]): unknown =>
    execFileSync('certutil', ['-d', `sql:${folder}`, ...options], { stdio: 'ignore' });
  certutil('-N', '--empty-password');
  certutil('-A', '-t', 'C,,', '-n', 'test', '-i', file);
}

/** On a display that is free: Xvfb tells which, on its fourth file. */
async function startScreen(): Promise<{
  readonly display: string;
  readonly stop: () => Promise<void>;
}> {
  const screen = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const number = await new Promise<string>((resolve, reject) => {
    screen.once('error', reject);
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}.`)));
    screen.stdio[3]?.once('data', (data) => resolve(String(data).trim()));
  });
  return {
    display: `:${number}`,
    async stop() {
      const ended = once(screen, 'exit');
      screen.kill();
      await ended;
    },
  };
}
