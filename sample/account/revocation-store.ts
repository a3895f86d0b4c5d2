import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import {
  memoryRevocations,
  redisRevocations,
  type SecureCookieRevocationSource,
} from 'nestjs-secure-cookie';

/**
 * Where revocations are kept: on the Redis of `REDIS_URL`, so that all instances know them, else in
 * the memory of this one.
 */
@Injectable()
export class RevocationStore implements OnApplicationShutdown {
  #client: Redis | undefined;

  async open(): Promise<SecureCookieRevocationSource> {
    const url = process.env['REDIS_URL'];
    return url === undefined ? memoryRevocations() : this.#openRedis(url);
  }

  onApplicationShutdown(): void {
    this.#client?.disconnect();
  }

  async #openRedis(url: string): Promise<SecureCookieRevocationSource> {
    // Only those who use Redis need its client.
    const { Redis } = await import('ioredis');
    // No queue: while Redis is down, logging out fails at once, and the app says so.
    const client = new Redis(url, { lazyConnect: true, enableOfflineQueue: false });
    client.on('error', (error) => new Logger('Redis').error(error.message));
    this.#client = client;
    await client.connect();
    return redisRevocations({
      send: (command, ...words) => client.call(command, ...words),
      key: 'sample:revocations',
    });
  }
}
