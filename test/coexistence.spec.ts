import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Req, Res, SignedCookies } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CookieSigner } from '@nestjs/core/helpers/cookies/cookie-signer.js';
import fastifyCookie from '@fastify/cookie';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import cookieParser from 'cookie-parser';
import cookieSignature from 'cookie-signature';
import {
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { platforms } from './support/platforms.js';
import { SECRET } from './support/secrets.js';
import { signer } from './support/signed-cookies.js';

// One app with the platform's parser, Nest's own cookies and ours. Nest 11 has no cookies of its own.

const NEST_SECRET = "the secret of Nest's own cookies, 32 bytes and more";
const PARSER_SECRET = "the secret of the platform's parser, 32 bytes and more";

/** What the platforms' parsers leave on a request. */
interface ParsedRequest {
  readonly signedCookies?: Readonly<Record<string, unknown>>;
  readonly cookies: Readonly<Record<string, string>>;
  unsignCookie?(value: string): { readonly valid: boolean; readonly value: string | null };
}

/** As an app of each platform reads a cookie that its parser verifies. */
function parserReads(request: ParsedRequest, name: string): unknown {
  const unsigned = request.unsignCookie?.(request.cookies[name] ?? '');
  return unsigned === undefined ? request.signedCookies?.[name] : unsigned.value;
}

@Controller()
class CoexistingController {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  @Get('read')
  read(
    @SecureCookie('ours') ours: string | undefined,
    @SignedCookies('nests') nests: string | undefined,
    @Req() request: ParsedRequest,
  ): unknown {
    return [ours, nests, parserReads(request, 'parsers')];
  }

  @Get('set')
  set(
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: never,
  ): void {
    this.adapterHost.httpAdapter.setCookie(response, 'nests', 'nest', { signed: true });
    cookies.set('ours', 'alice');
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [CoexistingController] })
class CoexistingModule {}

describe.each(platforms)('beside other parsers, on $platform', ({ platform, adapter }) => {
  let app: Awaited<ReturnType<typeof NestFactory.create>>;
  let url: string;

  beforeAll(async () => {
    const options = { logger: false, cookies: { secret: NEST_SECRET } } as const;
    app = await NestFactory.create(CoexistingModule, adapter(), options);
    if (platform === 'express') {
      app.use(cookieParser(PARSER_SECRET));
    } else {
      await (app as NestFastifyApplication).register(fastifyCookie, { secret: PARSER_SECRET });
    }
    await app.listen(0, '127.0.0.1');
    const { port }: AddressInfo = app.getHttpServer().address();
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => app.close());

  const signed = {
    ours: signer.sign('ours', 'alice'),
    nests: new CookieSigner(NEST_SECRET).sign('nest'),
    parsers:
      platform === 'express'
        ? `s:${cookieSignature.sign('parser', PARSER_SECRET)}`
        : fastifyCookie.sign('parser', PARSER_SECRET),
  };

  const read = async (cookie: string): Promise<unknown> =>
    (await fetch(`${url}/read`, { headers: { cookie } })).json();

  it('each reads its own cookie of one header', async () => {
    const cookie = Object.entries(signed)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('; ');

    expect(await read(cookie)).toEqual(['alice', 'nest', 'parser']);
  });

  it('ours is read as it was sent, where a parser would have decoded it', async () => {
    expect(await read(`ours=${signed.ours}`)).toEqual(['alice', null, null]);
    expect(await read(`ours="${signed.ours}"`)).toEqual(['alice', null, null]);
  });

  it("none takes another's", async () => {
    const { ours, nests, parsers } = signed;

    expect(await read(`ours=${nests}; nests=${parsers}; parsers=${ours}`)).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("and a response carries ours beside Nest's", async () => {
    const response = await fetch(`${url}/set`);
    const names = response.headers.getSetCookie().map((header) => header.split('=', 1)[0]);

    expect(names).toEqual(['nests', 'ours']);
  });
});
