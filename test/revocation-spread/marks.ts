import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import {
  defineSecureCookie,
  redisRevocations,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { collectGarbage } from '../support/garbage.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { RedisServer } from '../support/redis-server.js';
import { SECRET } from '../support/secrets.js';

const STREAM = 'revocations';

/** Commands that are sent at a time. */
const BATCH = 5000;

/** Milliseconds. */
const TICK = 1;

const Session = defineSecureCookie('session', {
  maxAge: 3600,
  revocableBy: (user) => [`user:${user}`],
});

export interface MarksOptions {
  readonly marks: number;
  readonly stream?: ProgressStream | 'none';
}

/** What starting with so many marks took. */
export interface MarksResult {
  readonly marks: number;
  /** Pages that the start read, one call each. */
  readonly pages: number;
  /** Seconds. */
  readonly time: number;
  /** The most that it worked without letting other things run, in milliseconds of processor time. */
  readonly longestStretch: number;
  /** Megabytes that the list holds, and that the process took at most beyond what it had before. */
  readonly held: number;
  readonly peak: number;
  /** What is made of cookies of the first user, the last one, and one without a mark. */
  readonly verdicts: readonly string[];
}

/** Starts an instance on a real Redis server that has so many marks. */
export async function startWithMarks({ marks, stream }: MarksOptions): Promise<MarksResult> {
  const redis = await RedisServer.start();
  const client = new Redis(redis.port, '127.0.0.1');
  try {
    const signer = new SecureCookieSigner({ secret: SECRET });
    const sessions = ['0', `${marks - 1}`, `${marks}`].map((user) => signer.sign('session', user));
    await fill(client, marks, stream);
    return await measureStart(client, signer, marks, sessions);
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

async function fill(client: Redis, marks: number, stream?: ProgressStream | 'none') {
  const progress = new Progress({ title: 'marks', total: marks, stream });
  const at = Math.floor(Date.now() / 1000);
  const dates = ['at', `${at}`, 'until', `${at + 3600}`];
  while (!progress.done) {
    const pipeline = client.pipeline();
    const count = Math.min(BATCH, progress.remaining);
    for (let index = 0; index < count; index += 1) {
      const { key, hint } = hashesOf(`session=user:${progress.count + index}`);
      pipeline.call('XADD', STREAM, '*', 'key', key, ...dates, 'hint', `${hint}`);
    }
    await pipeline.exec();
    await progress.advance(count);
  }
  progress.finish();
}

/** As the documentation of a mark says. */
function hashesOf(text: string) {
  const key = createHash('sha256').update(text).digest('hex').slice(0, 32);
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  return { key, hint: hash & 0x7fff_ffff };
}

async function measureStart(
  client: Redis,
  signer: SecureCookieSigner,
  marks: number,
  sessions: readonly string[],
): Promise<MarksResult> {
  let pages = 0;
  const source = redisRevocations({
    send: (command, ...words) => {
      pages += 1;
      return client.call(command, ...words);
    },
    key: STREAM,
  });
  const settings = { source, refreshEvery: 3600, maxStale: 7200 };
  const revocations = new SecureCookieRevocations(signer, settings);
  await collectGarbage();
  const before = process.memoryUsage();
  let peak = 0;
  let longestStretch = 0;
  let last = process.cpuUsage();
  const ticking = setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    longestStretch = Math.max(longestStretch, (user + system) / 1000);
    last = process.cpuUsage();
    peak = Math.max(peak, process.memoryUsage.rss() - before.rss);
  }, TICK);
  const began = performance.now();
  await revocations.start();
  const time = (performance.now() - began) / 1000;
  clearInterval(ticking);
  await collectGarbage();
  const after = process.memoryUsage();
  const held = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const verdicts = sessions.map((signed) => {
    const header = `session=${signed}`;
    const result = new SecureCookieReader(signer, header, { revocations }).verify(Session);
    return result.valid ? 'valid' : result.reason;
  });
  revocations.stop();
  return { marks, pages, time, longestStretch, held: held / 1e6, peak: peak / 1e6, verdicts };
}
