/** One way out of a Nest app. */
export interface Exit {
  readonly exit: string;
  readonly path: string;
  readonly status: number;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The one platform that has this exit. */
  readonly only?: 'express' | 'fastify';
}

/** What came back, with the `Set-Cookie` headers in order. */
export interface ExitResponse {
  readonly status: number | undefined;
  readonly setCookies: readonly string[];
  readonly body: string;
}

const JSON_BODY = { 'content-type': 'application/json' };

/** Every way out, as requests to the app of `ExitsModule`. */
export const exits: readonly Exit[] = [
  { exit: 'a handler that returns a value', path: '/value', status: 200 },
  { exit: 'a handler that returns nothing', path: '/nothing', status: 200 },
  { exit: 'a handler that returns a promise', path: '/promise', status: 200 },
  { exit: 'a handler that returns an observable', path: '/observable', status: 200 },
  { exit: 'a handler whose observable fails', path: '/observable-throws', status: 403 },
  { exit: '@Redirect()', path: '/redirect', status: 302 },
  { exit: '@HttpCode(204)', path: '/no-content', status: 204 },
  { exit: 'HEAD', path: '/value', status: 200, method: 'HEAD' },
  { exit: '304 by the handler', path: '/not-modified', status: 304 },
  {
    exit: '304 by the platform',
    path: '/value',
    status: 304,
    headers: { 'if-none-match': '*', 'cache-control': 'max-age=0' },
    only: 'express',
  },
  { exit: '@Header() with a cookie of its own', path: '/header', status: 200 },
  { exit: '@Render()', path: '/render', status: 200 },
  { exit: 'a StreamableFile', path: '/file', status: 200 },
  { exit: '@Sse()', path: '/events', status: 200 },
  { exit: '@Res({ passthrough: true })', path: '/passthrough', status: 202 },
  { exit: '@Res() and an answer', path: '/answer', status: 202 },
  { exit: '@Res() and a later answer', path: '/answer-later', status: 202 },
  { exit: "Node's response, its head implicit", path: '/raw-implicit', status: 200 },
  { exit: "Node's response, setHeader", path: '/raw-set-header', status: 200 },
  { exit: "Node's response, writeHead with an object", path: '/raw-object', status: 201 },
  { exit: "Node's response, writeHead with an array", path: '/raw-array', status: 201 },
  { exit: "Node's response, writeHead with a reason", path: '/raw-reason', status: 201 },
  { exit: 'a guard that sets and throws', path: '/guard-throws', status: 403 },
  { exit: 'a pipe that throws after a guard has set', path: '/pipe-throws', status: 400 },
  { exit: 'a handler that throws an HttpException', path: '/handler-throws', status: 403 },
  { exit: 'a handler that throws an Error', path: '/handler-fails', status: 500 },
  { exit: 'a handler that rejects', path: '/handler-rejects', status: 500 },
  { exit: 'an interceptor that throws before', path: '/interceptor-throws-before', status: 403 },
  { exit: 'an interceptor that throws after', path: '/interceptor-throws-after', status: 403 },
  { exit: 'an interceptor that sets after', path: '/interceptor-sets-after', status: 200 },
  { exit: 'the interceptor bound by hand', path: '/interceptor-by-hand', status: 200 },
  { exit: 'an exception filter that sets', path: '/filter', status: 403 },
  { exit: 'a middleware that sets', path: '/middleware', status: 200 },
  { exit: 'no route, after a middleware that sets', path: '/nowhere', status: 404 },
  { exit: 'an app with its own req.raw', path: '/value?own-raw', status: 200, only: 'express' },
  { exit: 'set, clear and set', path: '/twice', status: 200 },
  { exit: 'set at every stage', path: '/everywhere', status: 200 },
  { exit: 'a handler that fails and is retried', path: '/retried', status: 200 },
  { exit: 'two jars on one method', path: '/two-jars', status: 200 },
  { exit: 'a wrapping decorator that drops metadata', path: '/wrapped', status: 200 },
  { exit: 'an inherited handler', path: '/inherited/base', status: 200 },
  { exit: 'an overridden handler', path: '/inherited/overridden', status: 200 },
  { exit: 'a request-scoped controller', path: '/request-scoped', status: 200 },
  {
    exit: 'a global ValidationPipe that lets pass',
    path: '/validated',
    status: 201,
    method: 'POST',
    headers: JSON_BODY,
    body: '{"visits":3,"admin":true}',
  },
  {
    exit: 'a global ValidationPipe that throws',
    path: '/invalid',
    status: 400,
    method: 'POST',
    headers: JSON_BODY,
    body: '{"visits":"many"}',
  },
];
