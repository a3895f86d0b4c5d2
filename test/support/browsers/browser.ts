/** What clients that keep cookies have in common. */
export interface Browser {
  /** Sends a request with what the jar has for it, keeps what comes back, and gives the body. */
  visit(method: 'GET' | 'POST', url: string): Promise<string>;
  /** The names of what the jar holds, in alphabetical order. */
  names(): Promise<readonly string[]>;
}

/** The name that all servers of the loopback interface go by: clients trust `localhost` without TLS. */
export const HOST = 'shop.example';
