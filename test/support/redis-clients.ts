import { GlideClient } from '@valkey/valkey-glide';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** A client that is connected, by its own way to send any command. */
export interface RedisClient {
  readonly send: (command: string, ...words: string[]) => Promise<unknown>;
  readonly close: () => void;
}

/** The clients that people use, as they come. */
export const REDIS_CLIENTS: readonly (readonly [
  name: string,
  connect: (port: number) => Promise<RedisClient>,
])[] = [
  [
    'ioredis',
    async (port) => {
      const client = new Redis(port, '127.0.0.1');
      // Without a listener, it writes each failed attempt to the console.
      client.on('error', () => undefined);
      await client.ping();
      return {
        send: (command, ...words) => client.call(command, ...words),
        close: () => client.disconnect(),
      };
    },
  ],
  [
    'node-redis',
    async (port) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` });
      client.on('error', () => undefined);
      await client.connect();
      return { send: (...words) => client.sendCommand(words), close: () => client.destroy() };
    },
  ],
  [
    'valkey-glide',
    async (port) => {
      const client = await GlideClient.createClient({
        addresses: [{ host: '127.0.0.1', port }],
        // A quarter of a second where it is left out.
        requestTimeout: 2000,
      });
      return { send: (...words) => client.customCommand(words), close: () => client.close() };
    },
  ],
];
