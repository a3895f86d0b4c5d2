import { Injectable } from '@nestjs/common';
import {
  SecureCookieService,
  SecureCookieSigner,
  type SecureCookieKeys,
} from 'nestjs-secure-cookie';
import { PUBLISHED_SECRET } from '../published-secret.js';

/** The oldest cookie that the lab accepts. Seconds. */
export const LAB_MAX_AGE = 600;

/** How far beyond that the clock lies that backdates cookies. Seconds. */
const BEYOND_LIMIT = 60;

const COOKIE = { path: '/lab', sameSite: 'strict' } as const;

/**
 * The lab's own signers, so that turning their keys leaves the cookies of `/user/` alone. Two keys
 * at a time: the newer one signs, both read.
 */
@Injectable()
export class LabKeys {
  readonly #signer: SecureCookieSigner;
  readonly #backdatingSigner: SecureCookieSigner;
  #version = 1;

  /** The way to the lab's cookies. */
  readonly cookies: SecureCookieService;
  /** The same with a clock that is behind: what it sets is expired at once. */
  readonly backdatedCookies: SecureCookieService;

  constructor() {
    const options = { ...keys(this.#version), maxAge: LAB_MAX_AGE, allowWeakSecrets: true };
    this.#signer = new SecureCookieSigner(options);
    this.#backdatingSigner = new SecureCookieSigner({
      ...options,
      clock: () => Date.now() / 1000 - LAB_MAX_AGE - BEYOND_LIMIT,
    });
    this.cookies = new SecureCookieService(this.#signer, { cookie: COOKIE });
    this.backdatedCookies = new SecureCookieService(this.#backdatingSigner, { cookie: COOKIE });
  }

  /** The key version that signs, and the one that only reads. */
  get versions(): { readonly signs: number; readonly reads: number | undefined } {
    const previous = this.#version - 1;
    return { signs: this.#version, reads: previous === 0 ? undefined : previous };
  }

  sign(name: string, value: string): string {
    return this.#signer.sign(name, value);
  }

  /** Whether a value is genuine, be it text or encrypted. */
  accepts(name: string, signed: string): boolean {
    return this.#signer.verify(name, signed, { encoding: 'bytes' }).valid;
  }

  /** A new key signs, the last one still reads, older ones are forgotten. */
  turn(): void {
    this.#version += 1;
    this.#signer.replaceKeys(keys(this.#version));
    this.#backdatingSigner.replaceKeys(keys(this.#version));
  }
}

function keys(version: number): SecureCookieKeys {
  const previous = version === 1 ? {} : { [version - 1]: secretOf(version - 1) };
  return { secret: { ...previous, [version]: secretOf(version) }, keyVersion: version };
}

/** As Tornado's demos do, which vary the first two digits of one published secret. */
function secretOf(version: number): string {
  const digits = `${(60 + version) % 100}`.padStart(2, '0');
  return digits + PUBLISHED_SECRET.slice(2);
}
