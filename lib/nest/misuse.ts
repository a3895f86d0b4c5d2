import { Logger, type ArgumentsHost } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import { logSafely } from '../secure-cookie-logger.js';

/** What clients of HTTP and of sockets are told by Nest. */
const FOR_CLIENTS = 'Internal server error';

/**
 * Keeps the advice of an error from clients: GraphQL sends them the message of whatever is thrown,
 * where HTTP and sockets do not. It is logged, and stays as the `cause`.
 */
export function concealed(error: unknown, host: ArgumentsHost): unknown {
  if (
    !(error instanceof SecureCookieError) ||
    error.message === FOR_CLIENTS ||
    host.getType<string>() !== 'graphql'
  ) {
    return error;
  }
  logSafely(() =>
    new Logger('SecureCookieModule').error(`${error.code}: ${error.message}`, error.stack),
  );
  return new SecureCookieError(error.code, FOR_CLIENTS, { cause: error });
}
