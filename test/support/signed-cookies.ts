import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { SECRET } from './secrets.js';

/** Signs as the apps under test do. */
export const signer = new SecureCookieSigner({ secret: SECRET });

/** A `Cookie` header with one signed cookie. */
export function cookieHeader(name: string, value: string, by = signer): string {
  return `${name}=${by.sign(name, value)}`;
}

/** The values of a response's `Set-Cookie` headers of one name, as they stand. */
export function setCookieValues(response: Response, name: string): string[] {
  return response.headers
    .getSetCookie()
    .filter((header) => header.startsWith(`${name}=`))
    .map((header) => header.slice(name.length + 1).split(';', 1)[0] ?? '');
}
