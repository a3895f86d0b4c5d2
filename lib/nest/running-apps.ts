import type { ArgumentsHost } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { exchangeOf } from '../exchange/exchange.js';
import { isInstance, memberOf } from '../own-member.js';
import { platformOf } from '../exchange/platform.js';
import type { SecureCookieService } from './secure-cookie.service.js';

/**
 * The property where running apps keep their service, so that decorators find it without injection: on
 * the platform's instance (Express's app, Fastify's server), on the HTTP server, and on the classes of
 * their components. One key for all copies of this package.
 */
const APPS = Symbol.for('nestjs-secure-cookie');

/** An app that has started. */
export interface RunningApp {
  readonly service: SecureCookieService;
  /** Whether it was closed; it may still have requests to answer. */
  isClosed: boolean;
  /** The classes whose methods Nest may call. */
  readonly components: ReadonlySet<object>;
}

/** Notes an app on a place, once. Apps may share one: an Express app can serve two Nest apps. */
export function enterApp(place: object, app: RunningApp): void {
  const present = openAppsOn(place);
  // A bare import of the module has the same service.
  if (!present.some(({ service }) => service === app.service)) {
    Reflect.set(place, APPS, [...present, app]);
  }
}

/** Removes an app from a place. */
export function leaveApp(place: object, app: RunningApp): void {
  const others = ownAppsOn(place).filter((other) => other !== app);
  if (others.length > 0) {
    Reflect.set(place, APPS, others);
  } else {
    Reflect.deleteProperty(place, APPS);
  }
}

/**
 * Keeps a closed app where its last requests look for it, until another app runs on that place.
 */
export function retireApp(place: object, app: RunningApp): void {
  const others = openAppsOn(place);
  if (others.length > 0 && ownAppsOn(place).includes(app)) {
    Reflect.set(place, APPS, others);
  }
}

/** What the decorators, guards and interceptors of a handler need. */
export interface SecureCookiesOfHandler {
  readonly service: SecureCookieService;
  readonly jar: SecureCookieJar;
}

/**
 * The service of the app that a handler runs in, and the jar of its request, which is searched for only
 * once. The app is found by the platform, by the HTTP server of the connection, or, for a gateway on its
 * own port, by the gateway's class.
 *
 * @throws {@link SecureCookieError} `module-missing`, `not-http`, `no-handshake` or
 * `ambiguous-request`
 */
export function secureCookiesOf(host: ArgumentsHost): SecureCookiesOfHandler {
  const exchange = exchangeOf(host);
  const service = serviceFor(host, exchange.request);
  return { service, jar: service.jar(host, undefined, exchange) };
}

function serviceFor(host: ArgumentsHost, request: unknown): SecureCookieService {
  const app =
    newestOn(platformOf(request), host) ??
    newestOn(memberOf(memberOf(request, 'socket'), 'server'), host) ??
    (host.getType<string>() === 'ws' ? onlyOneOf(classOf(host)) : undefined);
  if (app === undefined) {
    throw new SecureCookieError(
      'module-missing',
      'SecureCookieModule is not part of this app, or was loaded lazily, so that Nest did not start it: add SecureCookieModule.forRoot(<secret>) to the imports of the root module.',
    );
  }
  return app.service;
}

/** The newest app that has the handler's class: an app that failed to start may still be there. */
function newestOn(place: unknown, host: ArgumentsHost): RunningApp | undefined {
  const apps = appsOn(place);
  const [only] = apps;
  if (apps.length === 1 && only?.isClosed === false) {
    return only;
  }
  const type = classOf(host);
  return (
    apps.findLast(({ components }) => type === undefined || components.has(type)) ??
    apps.findLast(({ isClosed }) => !isClosed)
  );
}

/** The app noted on the class itself: the app of a parent class may be another. */
function onlyOneOf(type: object | undefined): RunningApp | undefined {
  const apps = type === undefined ? [] : ownAppsOn(type);
  if (apps.length > 1) {
    throw new SecureCookieError(
      'ambiguous-request',
      `${String(memberOf(type, 'name'))} runs in two apps, and its socket came in on the port of neither, so we cannot know which of them it belongs to: let the gateway share the port of its app.`,
    );
  }
  return apps[0];
}

function classOf(host: ArgumentsHost): object | undefined {
  const type: unknown =
    'getClass' in host && typeof host.getClass === 'function' ? host.getClass() : undefined;
  return isInstance(type) ? type : undefined;
}

/** Includes inherited ones: the servers of Fastify's plugins inherit from the app's. */
function appsOn(place: unknown): readonly RunningApp[] {
  const apps = memberOf(place, APPS);
  return Array.isArray(apps) ? apps : [];
}

function ownAppsOn(place: object): readonly RunningApp[] {
  return Object.hasOwn(place, APPS) ? appsOn(place) : [];
}

function openAppsOn(place: object): readonly RunningApp[] {
  return ownAppsOn(place).filter(({ isClosed }) => !isClosed);
}
