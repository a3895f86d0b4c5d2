import { UnauthorizedException, type ArgumentsHost } from '@nestjs/common';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieService } from './secure-cookie.service.js';

/**
 * The error for a required cookie that is missing or invalid. In tests, doubles may replace the service
 * and the jar.
 */
export function refusal(host: ArgumentsHost, service: unknown, jar: unknown): Error {
  keepAges(host, jar);
  return service instanceof SecureCookieService
    ? service.unauthorized(host)
    : new UnauthorizedException();
}

/** Prevents renewals: the head of a GraphQL response does not show that the request failed. */
export function keepAges(host: ArgumentsHost, jar: unknown): void {
  if (host.getType<string>() === 'graphql' && jar instanceof SecureCookieJar) {
    jar.stopRenewing();
  }
}
