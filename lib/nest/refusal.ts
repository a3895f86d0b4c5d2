import { UnauthorizedException, type ArgumentsHost } from '@nestjs/common';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieService } from './secure-cookie.service.js';

/**
 * What a handler throws where a required cookie is missing or invalid. In tests, doubles may stand in
 * for the service and the jar.
 */
export function refusal(host: ArgumentsHost, service: unknown, jar: unknown): Error {
  keepAges(host, jar);
  return service instanceof SecureCookieService
    ? service.unauthorized(host)
    : new UnauthorizedException();
}

/** A response of GraphQL does not show in its head that something failed, so renewal is told. */
export function keepAges(host: ArgumentsHost, jar: unknown): void {
  if (host.getType<string>() === 'graphql' && jar instanceof SecureCookieJar) {
    jar.stopRenewing();
  }
}
