/** As far as the tests use it; the package has no types of its own. */
declare module 'express-cache-controller' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export default function cacheController(
    defaults: Readonly<Record<string, boolean | number>>,
  ): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
}
