import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HOST, type Browser } from './browser.js';

const run = promisify(execFile);

/** curl, with its cookies in a file. */
export class CurlBrowser implements Browser {
  readonly #jar: string;

  constructor(jar: string) {
    this.#jar = jar;
  }

  async visit(method: string, url: string): Promise<string> {
    const address = `${HOST}:${new URL(url).port}:127.0.0.1`;
    const jar = ['--cookie', this.#jar, '--cookie-jar', this.#jar];
    const quietly = ['--silent', '--show-error', '--insecure', '--noproxy', '*'];
    const options = [...quietly, ...jar, '--resolve', address, '--request', method];
    const { stdout } = await run('curl', [...options, url]);
    return stdout;
  }

  /** The lines of the file are cookies, some of them expired by now, and comments of one column. */
  async names(): Promise<readonly string[]> {
    const lines = (await readFile(this.#jar, 'utf8')).split('\n');
    return lines
      .map((line) => line.split('\t'))
      .flatMap(({ 4: expires, 5: name }) => (name !== undefined && isLive(expires) ? [name] : []))
      .toSorted();
  }
}

/** Seconds since the epoch; 0 is as long as the session. */
function isLive(expires: string | undefined): boolean {
  return expires === '0' || Number(expires) * 1000 > Date.now();
}
