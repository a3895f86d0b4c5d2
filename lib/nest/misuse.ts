import { Logger, type ArgumentsHost } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import { logSafely } from '../secure-cookie-logger.js';

/** What Nest tells clients of HTTP and of sockets. */
const FOR_CLIENTS = 'Internal server error';

/**
 * Hides the message of a misuse from clients. GraphQL sends them the message of any error; HTTP and
 * sockets do not. The message is logged, and stays in the `cause`.
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
