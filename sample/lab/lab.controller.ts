import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookieSigner,
  type SecureCookieJar,
  type SecureCookieReader,
  type SecureCookieVerifyResult,
} from 'nestjs-secure-cookie';
import { PageHeaders } from '../page/page-headers.decorator.js';
import { readPage } from '../page/read-page.js';
import { anatomy, changeOneCharacter } from './anatomy.js';
import { LAB_MAX_AGE, LabKeys } from './lab-keys.js';
import { LabGuard, refusal } from './lab.guard.js';
import { answerWithSetCookie, cookiePairs, forgeCookie, type PlatformResponse } from './wire.js';

const PAGE = readPage('lab/page/lab');

/** The cookie of the lab, and the name under which it is replayed. */
const USER = 'lab-user';
const ADMIN = 'lab-admin';

/** The same cookie with a value that only the server can read. */
const EncryptedUser = defineSecureCookie(USER, { encrypt: true });

const VALUE = 'alice';

/**
 * The page, what the server makes of the visitor's cookie, and one route for each button. A button's
 * route only sets cookies: the verdict is asked for with the next request, which carries them.
 */
@Controller('lab')
export class LabController {
  readonly #keys: LabKeys;
  readonly #refusal: string | undefined;

  constructor(
    @Inject(LabKeys) keys: LabKeys,
    @Inject(SecureCookieSigner) signer: SecureCookieSigner,
  ) {
    this.#keys = keys;
    this.#refusal = refusal(signer);
  }

  @Get()
  @PageHeaders(PAGE.contentSecurityPolicy)
  page(): string {
    return PAGE.html;
  }

  /** The cookie is HttpOnly: the page learns from here what it holds. */
  @Get('cookie')
  @Header('Cache-Control', 'no-store')
  cookie(@Headers('cookie') header: string | undefined): object {
    const pairs = cookiePairs(header, [USER, ADMIN]);
    const shown = pairs.find(({ name }) => name === ADMIN) ?? pairs[0];
    const name = shown?.name ?? USER;
    return {
      name,
      signed: shown?.signed,
      fields: anatomy(shown?.signed ?? ''),
      verdict: judge(this.#keys.cookies.reader(header), name).verdict,
      cookie: pairs.map((pair) => `${pair.name}=${pair.signed}`).join('; '),
      keys: this.#keys.versions,
      maxAge: LAB_MAX_AGE,
      now: Date.now() / 1000,
      refusal: this.#refusal,
    };
  }

  @Post('set')
  @UseGuards(LabGuard)
  set(@Req() request: object, @Res() response: PlatformResponse): void {
    const jar = this.#jar(request, response);
    jar.set(USER, VALUE);
    answerWithSetCookie(response, { note: `The server signed the value “${VALUE}”.` });
  }

  @Post('renew')
  @UseGuards(LabGuard)
  renew(@Req() request: object, @Res() response: PlatformResponse): void {
    const jar = this.#keys.cookies.jar(request, response);
    const { verdict, encrypted } = judge(jar, USER);
    if (!verdict.valid) {
      const note = 'Nothing was renewed: what does not verify is not signed again.';
      answerWithSetCookie(response, { note });
      return;
    }
    if (encrypted) {
      jar.set(EncryptedUser, verdict.value);
    } else {
      jar.set(USER, verdict.value);
    }
    const note = 'The same value, signed again: with a new date, and by the key that signs now.';
    answerWithSetCookie(response, { note });
  }

  @Post('encrypt')
  @UseGuards(LabGuard)
  encrypt(@Req() request: object, @Res() response: PlatformResponse): void {
    this.#jar(request, response).set(EncryptedUser, VALUE);
    const note = `The server encrypted the value “${VALUE}”, and signed what came out.`;
    answerWithSetCookie(response, { note });
  }

  @Post('clear')
  @UseGuards(LabGuard)
  clear(@Req() request: object, @Res() response: PlatformResponse): void {
    this.#jar(request, response).clear(USER);
    answerWithSetCookie(response, { note: 'The browser was told to forget the cookie.' });
  }

  @Post('change-character')
  @UseGuards(LabGuard)
  changeCharacter(
    @Headers('cookie') header: string | undefined,
    @Req() request: object,
    @Res() response: PlatformResponse,
  ): void {
    const signed = this.#genuine(header);
    const { forged, position } = changeOneCharacter(signed);
    this.#jar(request, response);
    forgeCookie(response, USER, forged, LAB_MAX_AGE);
    const note = `One character of the value was changed, from “${signed[position]}” to “${forged[position]}”.`;
    answerWithSetCookie(response, { note, changed: position });
  }

  @Post('change-name')
  @UseGuards(LabGuard)
  changeName(
    @Headers('cookie') header: string | undefined,
    @Req() request: object,
    @Res() response: PlatformResponse,
  ): void {
    forgeCookie(response, ADMIN, this.#genuine(header), LAB_MAX_AGE);
    this.#keys.cookies.jar(request, response).clear(USER);
    const note = `A genuine ${USER} cookie, not a character changed, was stored under the name ${ADMIN}.`;
    answerWithSetCookie(response, { note });
  }

  @Post('backdate')
  @UseGuards(LabGuard)
  backdate(@Req() request: object, @Res() response: PlatformResponse): void {
    this.#jar(request, response, this.#keys.backdatedCookies).set(USER, VALUE);
    const note =
      'A signer whose clock is eleven minutes behind signed it, so it was too old from the start. The browser keeps it all the same: Max-Age goes before Expires.';
    answerWithSetCookie(response, { note });
  }

  @Post('turn-key')
  @UseGuards(LabGuard)
  turnKey(@Res() response: PlatformResponse): void {
    this.#keys.turn();
    const { signs, reads } = this.#keys.versions;
    const note = `The server has a new key. Key ${signs} signs from now on, key ${reads} is still read, and older ones are forgotten. The cookie was not touched.`;
    answerWithSetCookie(response, { note });
  }

  /** The jar of a request. A cookie that was replayed under another name has had its time. */
  #jar(request: object, response: PlatformResponse, cookies = this.#keys.cookies): SecureCookieJar {
    const jar = cookies.jar(request, response);
    if (!isMissing(jar.verify(ADMIN))) {
      jar.clear(ADMIN);
    }
    return jar;
  }

  /** The visitor's cookie where it verifies, else a new one: a forgery begins with a genuine cookie. */
  #genuine(header: string | undefined): string {
    const own = cookiePairs(header, [USER]).find(({ signed }) => this.#keys.accepts(USER, signed));
    return own?.signed ?? this.#keys.sign(USER, VALUE);
  }
}

/** The server's verdict. An encrypted value is no text, and is read in a way of its own. */
function judge(reader: SecureCookieReader, name: string) {
  const verdict = reader.verify(name);
  return !verdict.valid && verdict.reason === 'encoding'
    ? { verdict: reader.verify(name, { encrypted: true }), encrypted: true }
    : { verdict, encrypted: false };
}

function isMissing(verdict: SecureCookieVerifyResult): boolean {
  return !verdict.valid && verdict.reason === 'missing';
}
