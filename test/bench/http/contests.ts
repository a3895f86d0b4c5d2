import * as cookieSignature from 'cookie-signature';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { platforms, type Platform } from '../../support/platforms.js';
import { NAME, SECRET, VALUE } from '../typical-cookie.js';
import { appServer, sampleServer, tornadoServer, type StartServer } from './servers.js';

/** A server that is measured, and the name it has in tables. */
export interface HttpContender {
  readonly name: string;
  readonly start: StartServer;
}

/**
 * What is compared: the first contender is ours, and has to reach a share of another's rate where Nest
 * does not decide it. An interceptor takes a quarter of a Fastify route, and the sample's time is Nest's.
 */
export interface HttpContest {
  readonly title: string;
  readonly ours: HttpContender;
  readonly others: readonly (HttpContender & { readonly atLeast?: number })[];
}

/** Each cookie as its own signer makes it, and as browsers send it. */
const OUR_COOKIE = `${NAME}=${new SecureCookieSigner({ secret: SECRET }).sign(NAME, VALUE)}`;
const NEST_COOKIE = `${NAME}=${encodeURIComponent(`s:${cookieSignature.sign(VALUE, SECRET)}`)}`;

const READING_TARGETS: Readonly<Record<Platform['platform'], number>> = {
  express: 1,
  fastify: 1.1,
};

export const HTTP_CONTESTS: readonly HttpContest[] = [
  ...platforms.flatMap(({ platform }) => contestsOn(platform)),
  {
    title: "the sample's /user/",
    ours: { name: 'the sample on Fastify', start: sampleServer() },
    others: [{ name: 'the same app on Tornado', start: tornadoServer() }],
  },
];

function contestsOn(platform: Platform['platform']): readonly HttpContest[] {
  return [
    {
      title: `a route without secure cookies, ${platform}`,
      ours: { name: 'module imported', start: appServer(platform, 'withModule', 'Hello there') },
      others: [
        {
          name: 'bare app',
          start: appServer(platform, 'bare', 'Hello there'),
          atLeast: 0.98,
        },
      ],
    },
    {
      title: `reading one signed cookie, ${platform}`,
      ours: {
        name: '@SecureCookie()',
        start: appServer(platform, 'secureRead', VALUE, OUR_COOKIE),
      },
      others: [
        {
          name: "Nest 12's @SignedCookies()",
          start: appServer(platform, 'nestRead', VALUE, NEST_COOKIE),
          atLeast: READING_TARGETS[platform],
        },
      ],
    },
    {
      title: `setting one signed cookie, ${platform}`,
      ours: { name: 'cookies.set()', start: appServer(platform, 'secureSet', 'set') },
      others: [
        { name: "Nest 12's setCookie()", start: appServer(platform, 'nestSet', 'set') },
        {
          name: "Nest 12's, with a no-op interceptor",
          start: appServer(platform, 'nestInterceptedSet', 'set'),
          atLeast: 0.9,
        },
      ],
    },
  ];
}
