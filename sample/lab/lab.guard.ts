import { ForbiddenException, Inject, Injectable, type CanActivate } from '@nestjs/common';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { PUBLISHED_SECRET } from '../published-secret.js';

const REFUSAL =
  'The lab signs whatever it is asked to, so it works with the secret that the sample publishes and with no other. This app has a secret of its own: start the sample without COOKIE_SECRET to use the lab.';

/** Why the lab signs nothing in this app; `undefined` where it does. */
export function refusal(signer: SecureCookieSigner): string | undefined {
  const published = new SecureCookieSigner({ secret: PUBLISHED_SECRET, allowWeakSecrets: true });
  const isPublished = signer.verify('probe', published.sign('probe', '')).valid;
  return isPublished ? undefined : REFUSAL;
}

/** Keeps the lab from signing anything in an app that has a secret worth keeping. */
@Injectable()
export class LabGuard implements CanActivate {
  readonly #refusal: string | undefined;

  constructor(@Inject(SecureCookieSigner) signer: SecureCookieSigner) {
    this.#refusal = refusal(signer);
  }

  canActivate(): boolean {
    if (this.#refusal !== undefined) {
      throw new ForbiddenException(this.#refusal);
    }
    return true;
  }
}
