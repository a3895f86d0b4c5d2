import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** One open socket of GraphQL, whose handshake carried a cookie. */
export interface SubscriptionClient {
  /** The first answer to an operation. */
  first(query: string): Promise<object>;
  close(): Promise<void>;
}

/**
 * Opens a socket as graphql-ws does; `payload` is what `connection_init` brings, and `origin` where its page
 * is from.
 */
export function openSubscriptions(
  url: string,
  cookie: string,
  payload: Record<string, unknown> = {},
  origin = '',
): SubscriptionClient {
  const headers = { ...(cookie !== '' && { cookie }), ...(origin !== '' && { origin }) };
  class WithCookie extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers });
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithCookie,
    connectionParams: payload,
    lazy: true,
    lazyCloseTimeout: 60_000,
    retryAttempts: 0,
  });
  return {
    first: async (query) => {
      for await (const answer of client.iterate({ query })) {
        return { ...answer };
      }
      return {};
    },
    close: async () => {
      await client.dispose();
    },
  };
}
