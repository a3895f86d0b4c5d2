import { SecureCookieError } from '../errors.js';
import { ownOptions } from '../own-options.js';
import { isHint, type SecureCookieRevocationMark } from './revocation-mark.js';
import type {
  SecureCookieRevocationPage,
  SecureCookieRevocationSource,
} from './revocation-source.js';
import { withoutCommand } from './without-command.js';
import { isEntryId, parseStream, type StreamEntry } from './redis-stream.js';

/** Entries per call: a reply of half a megabyte. */
const PAGE = 5000;

/** How many marks may be overdue, without an answer in time, before further ones fail at once. */
const MOST_OVERDUE = 100;

/** Seconds to wait for a read before it is sent again. */
const READ_PATIENCE = 60;

/** How {@link redisRevocations} reaches a Redis server, or a compatible one (Valkey). */
export interface SecureCookieRedisRevocationsOptions {
  /**
   * Sends one command and resolves to its reply, with the client's own method.
   *
   * - ioredis: `(command, ...words) => client.call(command, ...words)`
   * - node-redis: `(...words) => client.sendCommand(words)`
   * - valkey-glide: `(...words) => client.customCommand(words)`
   */
  readonly send: (command: string, ...words: string[]) => Promise<unknown>;
  /** The key of the stream. Each app needs its own, because cookies of one name are revoked together. */
  readonly key: string;
}

/**
 * Keeps revocations on a Redis stream, for apps with several instances. Its entries are marks, which
 * name nobody; those that have ended are trimmed. Needs Redis 6.2 or newer, or Valkey.
 *
 * Redis must be persistent (`appendonly yes`): an instance that starts after the stream was lost
 * accepts cookies that were revoked before.
 *
 * @param options - `send`, the client's own command call, and `key`, the key of the stream
 * @throws {@link SecureCookieError} `option`
 * @example
 * const client = new Redis(process.env.REDIS_URL, { lazyConnect: true, enableOfflineQueue: false });
 * await client.connect();
 *
 * SecureCookieModule.forRoot({
 *   secret,
 *   revocations: {
 *     source: redisRevocations({
 *       send: (command, ...words) => client.call(command, ...words),
 *       key: 'shop:revocations',
 *     }),
 *     refreshEvery: 2,
 *     maxStale: 60,
 *   },
 * });
 */
export function redisRevocations(
  options: SecureCookieRedisRevocationsOptions,
): SecureCookieRevocationSource {
  const { send, key } = ownOptions(options, () => ({ send: undefined, key: undefined }), 'option');
  if (typeof send !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "send" of redisRevocations must be a function that sends a command and its words, and resolves to the reply.',
    );
  }
  if (typeof key !== 'string' || key === '') {
    throw new SecureCookieError(
      'option',
      'The option "key" of redisRevocations must be the key of a stream, such as "shop:revocations".',
    );
  }
  return new RedisRevocations(send, key);
}

class RedisRevocations implements SecureCookieRevocationSource {
  readonly #send: SecureCookieRedisRevocationsOptions['send'];
  readonly #key: string;
  /** Reads that have no answer yet, by where they begin. */
  readonly #reads = new Map<string, Promise<unknown>>();
  #overdue = 0;
  /** The longest time that an entry matters, in seconds; unknown until the stream has been read. */
  #longest: number | undefined;
  /** The server's time of the newest entry that was read, in seconds since the epoch. */
  #newest = 0;

  constructor(send: SecureCookieRedisRevocationsOptions['send'], key: string) {
    this.#send = async (command, ...words) => {
      try {
        return await send(command, ...words);
      } catch (error) {
        throw withoutCommand(error);
      }
    };
    this.#key = key;
  }

  /**
   * A cursor is the id and the content of the last entry that was read. That entry is read again with
   * those that follow. If it is gone, or has other content, the stream is not the same any more: it was
   * emptied or trimmed, or a replica took over that had not received everything and uses the same ids
   * again. Then the whole stream is read.
   */
  async load(cursor = ''): Promise<SecureCookieRevocationPage> {
    const [start = ''] = cursor.split(' ', 1);
    const entries = await this.#read(start === '' ? '-' : start);
    const isFirst = cursor === '';
    if (!isFirst && cursorOf(entries[0]) !== cursor) {
      return this.load();
    }
    const news = isFirst ? entries : entries.slice(1);
    this.#longest = news.reduce(longestOf, this.#longest ?? 0);
    this.#newest = news.reduce((newest, { id }) => Math.max(newest, recordedAt(id)), this.#newest);
    return { cursor: cursorOf(news.at(-1)) ?? cursor, marks: news.map(({ mark }) => mark) };
  }

  /** Fails at once if many are overdue: a client that is offline may queue a command for each. */
  async record(
    { key, at, until, hint }: SecureCookieRevocationMark,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#overdue >= MOST_OVERDUE) {
      throw new Error(`The client has left ${MOST_OVERDUE} commands without an answer.`);
    }
    const becomeOverdue = (): void => {
      this.#overdue += 1;
    };
    signal.addEventListener('abort', becomeOverdue);
    try {
      const dates = ['at', String(at), 'until', String(until)];
      const fields = ['key', key, ...dates, ...(isHint(hint) ? ['hint', String(hint)] : [])];
      const id = await this.#send('XADD', this.#key, ...this.#trim(at, until), '*', ...fields);
      if (!isEntryId(id)) {
        throw new Error('The reply to XADD is not the id of an entry: "send" must resolve to it.');
      }
    } finally {
      signal.removeEventListener('abort', becomeOverdue);
      this.#overdue -= signal.aborted ? 1 : 0;
    }
  }

  /**
   * Trims entries that are known to be too old to matter. Ids carry the server's time, and the longest
   * time counts from it: with its own clock, an instance whose clock is ahead would trim everything. The
   * ids alone are no better, because anyone who writes to the stream may choose one.
   */
  #trim(at: number, until: number): readonly string[] {
    if (this.#longest === undefined) {
      return [];
    }
    const oldest = Math.min(at, this.#newest) - Math.max(this.#longest, until - at);
    return oldest > 0 ? ['MINID', '~', String(oldest * 1000)] : [];
  }

  async #read(start: string): Promise<readonly StreamEntry[]> {
    return parseStream(await (this.#reads.get(start) ?? this.#begin(start)));
  }

  /**
   * A client that queues commands while it is offline would queue one more at every load. So a read
   * without an answer is not sent again for a minute: later loads wait for it.
   */
  #begin(start: string): Promise<unknown> {
    const words = ['XRANGE', this.#key, start, '+', 'COUNT', String(PAGE)] as const;
    const reading = (async () => this.#send(...words))();
    const forget = (): void => {
      clearTimeout(timer);
      if (this.#reads.get(start) === reading) {
        this.#reads.delete(start);
      }
    };
    const timer = setTimeout(forget, READ_PATIENCE * 1000).unref();
    this.#reads.set(start, reading);
    reading.then(forget, forget);
    return reading;
  }
}

function cursorOf(entry: StreamEntry | undefined): string | undefined {
  return entry === undefined ? undefined : `${entry.id} ${entry.text}`;
}

function longestOf(longest: number, { id, mark }: StreamEntry): number {
  return Math.max(longest, mark.until - recordedAt(id) || 0);
}

/** The time of an entry by the server's clock, in seconds since the epoch. */
function recordedAt(id: string): number {
  return Math.floor(Number.parseInt(id, 10) / 1000);
}
