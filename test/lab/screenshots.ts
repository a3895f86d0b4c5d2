/**
 * `npm run lab:screenshots`: the lab in light and dark, wide and narrow, after a character of the
 * cookie was changed. With Debian's fonts-inter and fonts-jetbrains-mono it looks as it does
 * elsewhere; without them it takes what there is.
 */
import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { platforms, startApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';
import { startBrowser } from './support/browser.js';
import { openLab, press } from './support/lab-page.js';

const DIRECTORY = join(import.meta.dirname, '../../sample/lab/screenshots');

const SIZES = [
  { size: 'wide', viewport: { width: 1200, height: 900 } },
  { size: 'narrow', viewport: { width: 390, height: 844 } },
] as const;

await mkdir(DIRECTORY, { recursive: true });
const [platform] = platforms;
const { url, close } = await startApp(platform, SampleWithoutAccount);
const browser = await startBrowser();

for (const { size, viewport } of SIZES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    await openLab(page, url);
    await press(page, 'Set');
    await press(page, 'Change one character');
    const path = join(DIRECTORY, `${size}-${colorScheme}.png`);
    await page.screenshot({ path });
    await page.close();
    console.log(path);
  }
}

await browser.close();
await close();
