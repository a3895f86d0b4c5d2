import type { IncomingMessage } from 'node:http';
import type { INestApplication, WebSocketAdapter } from '@nestjs/common';
import type {
  SecureCookieDefinition,
  SecureCookieJar,
  SecureCookieRevocations,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import type { CookieMint } from 'nestjs-secure-cookie/testing';

/** What the examples of the API reference take for granted, because every app has it. */
declare global {
  const app: INestApplication;
  const Cart: SecureCookieDefinition<{ items: string[] }, { items: string[] }>;
  const cookies: SecureCookieJar;
  const current: string;
  const genuine: string;
  const id: string;
  const issuedAt: number;
  const mint: CookieMint;
  const newSecret: string;
  const old: string;
  const oldSecret: string;
  const partnerSecret: string;
  const planted: string;
  const rememberMe: boolean;
  const request: IncomingMessage;
  const response: Response;
  const revocations: SecureCookieRevocations;
  const secret: string;
  const send: (command: string, ...words: string[]) => Promise<unknown>;
  const Session: SecureCookieDefinition<{ userId: string }, { userId: string }>;
  const signed: string;
  const signer: SecureCookieSigner;
  const TEST_SECRET: string;
  const url: string;
  const userId: string;
  const value: string;

  class AccountController {
    logIn(cookies: SecureCookieJar): void;
  }

  class AppModule {}

  /** Of @nestjs/config. */
  class ConfigService {
    getOrThrow(name: string): string;
  }

  /** Of ioredis. */
  class Redis {
    constructor(
      url: string | undefined,
      options: { lazyConnect: boolean; enableOfflineQueue: boolean },
    );
    connect(): Promise<void>;
    call(command: string, ...words: string[]): Promise<unknown>;
  }

  /** Of @nestjs/platform-ws. */
  const WsAdapter: new (app: INestApplication) => WebSocketAdapter;

  /** Of socket.io. */
  interface Socket {
    readonly handshake: { readonly headers: { readonly cookie?: string } };
  }

  /** A class around an example that is a method. */
  class Example {
    readonly secureCookies: SecureCookieService;
  }
}
