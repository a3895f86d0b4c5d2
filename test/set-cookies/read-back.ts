import { isDeepStrictEqual } from 'node:util';
import { parseSetCookie, stringifySetCookie, type SetCookie } from 'cookie';
import { Cookie } from 'tough-cookie';
import { readSetCookies, type ReadSetCookie } from '../../lib/testing/index.js';
import { Random } from '../fuzz/random.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { setCookie } from '../support/set-cookie.js';
import { generateCookie, type GeneratedCookie } from './generated-cookie.js';

export interface ReadBackOptions {
  readonly cookies: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}

export interface ReadBackResult {
  /** How many were set and read. */
  readonly cookies: number;
  /** How many were read from joined headers as well. */
  readonly joined: number;
  /** What was read otherwise than it was set; the first ones. */
  readonly faults: readonly string[];
  readonly stopped: boolean;
}

/** How many headers are joined. */
const BATCH = 20;

/** How many faults are told. */
const MAX_FAULTS = 10;

/** A path may hold what looks like the beginning of a next header: joined, no one can tell. */
const AMBIGUOUS = /,\s*[^\s=;,]+=/;

/** What one reader makes of a header, and what it must be for a cookie. */
interface Reading {
  readonly read: (header: string) => unknown;
  readonly expected: (cookie: GeneratedCookie) => unknown;
}

const READERS: Readonly<Record<string, Reading>> = {
  'the package cookie': {
    read: (header) => ({ ...parseSetCookie(header, { decode: asItIs }) }),
    expected: (cookie) => withoutUndefined(packageCookie(cookie)),
  },
  readSetCookies: {
    read: (header) => readSetCookies([header]),
    expected: (cookie) => [readCookie(cookie)],
  },
  'tough-cookie': { read: readByToughCookie, expected: toughCookie },
};

/**
 * Sets generated cookies, and reads each header as others read it: it says what was set, and nothing
 * else. It is also, byte for byte, what the package cookie writes.
 */
export async function runReadBack({
  cookies: total,
  seed,
  stream,
}: ReadBackOptions): Promise<ReadBackResult> {
  const progress = new Progress({ title: 'cookies', total, seed, stream });
  const random = new Random(seed);
  const faults: string[] = [];
  let joined = 0;
  while (!progress.done) {
    const cookies = Array.from({ length: Math.min(BATCH, progress.remaining) }, () =>
      generateCookie(random),
    );
    const written = cookies.map((cookie) => ({ cookie, header: headerOf(cookie) }));
    const found = written.flatMap(({ cookie, header }) => faultsOf(cookie, header));
    const clear = written.filter(({ header }) => !AMBIGUOUS.test(withoutExpires(header)));
    const expected = clear.map(({ cookie }) => readCookie(cookie));
    const separator = random.pick([', ', ',', ',\t']);
    const text = clear.map(({ header }) => header).join(separator);
    if (!isDeepStrictEqual(readSetCookies(text), expected)) {
      found.push(`joined headers were read otherwise: ${text}`);
    }
    joined += clear.length;
    faults.push(...found.slice(0, MAX_FAULTS - faults.length));
    await progress.advance(cookies.length);
  }
  progress.finish();
  return { cookies: progress.count, joined, faults, stopped: progress.stopped };
}

function headerOf({
  name,
  value,
  attributes,
  defaults,
  isSecureConnection,
  now,
  expected,
}: GeneratedCookie): string {
  const isSecure = () => isSecureConnection;
  const clears = expected.maxAge === 0;
  return setCookie(attributes, { name, value, defaults, isSecure, now, clears });
}

function faultsOf(cookie: GeneratedCookie, header: string): readonly string[] {
  const faults: string[] = [];
  const byPackage = stringifySetCookie(packageCookie(cookie), { encode: asItIs });
  if (header !== byPackage) {
    faults.push(`the package cookie writes: ${byPackage}\n  and not: ${header}`);
  }
  for (const [reader, { read, expected }] of Object.entries(READERS)) {
    const found = read(header);
    if (!isDeepStrictEqual(found, expected(cookie))) {
      faults.push(`${reader} reads ${JSON.stringify(found)}\n  from: ${header}`);
    }
  }
  return faults;
}

/** The cookie as the package cookie writes it and reads it. */
function packageCookie({ name, value, expected, expires }: GeneratedCookie): SetCookie {
  const { maxAge, domain, path, httpOnly, secure, partitioned, priority, sameSite } = expected;
  const cookie: SetCookie = { name, value, path, sameSite };
  return Object.assign(
    cookie,
    maxAge !== null && { maxAge, expires },
    domain !== undefined && { domain },
    httpOnly && { httpOnly },
    secure && { secure },
    partitioned && { partitioned },
    priority !== undefined && { priority },
  );
}

function readCookie(cookie: GeneratedCookie): ReadSetCookie {
  const { name, value = '', ...attributes } = packageCookie(cookie);
  return { name, value, attributes } as ReadSetCookie;
}

function readByToughCookie(header: string): unknown {
  const { key, value, path, domain, maxAge, expires, httpOnly, secure, sameSite, extensions } =
    Cookie.parse(header) ?? new Cookie();
  return [key, value, path, domain, maxAge, expires, httpOnly, secure, sameSite, extensions];
}

/** As browsers keep domains: in lower case, without the dot that stands before it. */
function toughCookie({ name, value, expected, expires }: GeneratedCookie): unknown {
  const { maxAge, domain, path, httpOnly, secure, partitioned, priority, sameSite } = expected;
  const extensions = [
    ...(partitioned ? ['Partitioned'] : []),
    ...(priority === undefined ? [] : [`Priority=${capitalized(priority)}`]),
  ];
  return [
    name,
    value,
    path,
    domain?.toLowerCase().replace(/^[.]/, '') ?? null,
    maxAge,
    expires ?? 'Infinity',
    httpOnly,
    secure,
    sameSite,
    extensions.length === 0 ? null : extensions,
  ];
}

function withoutUndefined(cookie: SetCookie): object {
  return Object.fromEntries(Object.entries(cookie).filter(([, value]) => value !== undefined));
}

function withoutExpires(header: string): string {
  return header.replace(/; Expires=[^;]+/, '');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function asItIs(text: string): string {
  return text;
}
