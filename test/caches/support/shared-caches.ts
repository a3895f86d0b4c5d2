import { existsSync } from 'node:fs';

/** What a cache is told: where it listens, whom it asks, and where it may write. */
interface CacheSetting {
  readonly port: number;
  readonly originPort: number;
  /** Empty, and writable for everybody. */
  readonly directory: string;
}

/** A shared cache of Debian. */
export interface SharedCache {
  readonly cache: string;
  /** Whether it hands on a cookie that an app sets by hand: behind such a one, the tests can fail. */
  readonly keepsSetCookie: boolean;
  /** Whether it hands on a page that depends on a cookie, if the app does not say so. */
  readonly keepsPagesOfCookies: boolean;
  readonly program: string;
  /** Debian's package. */
  readonly debian: string;
  /** Its configuration, which is put into the directory. */
  readonly configuration?: (setting: CacheSetting) => string;
  /** The arguments that keep it in the foreground. */
  readonly options: (setting: CacheSetting, configurationPath: string) => readonly string[];
}

const isRoot = process.getuid?.() === 0;

const MODULES = '/usr/lib/apache2/modules';

/** Some modules are part of the program on some architectures and releases. */
function loadModules(names: readonly string[]): string {
  return names
    .filter((name) => existsSync(`${MODULES}/mod_${name}.so`))
    .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
    .join('\n');
}

function nginx(cache: string, keepsSetCookie: boolean, directives: string): SharedCache {
  return {
    cache,
    keepsSetCookie,
    keepsPagesOfCookies: true,
    program: '/usr/sbin/nginx',
    debian: 'nginx',
    configuration: ({ port, originPort, directory }) => `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  proxy_cache_path ${directory}/cache keys_zone=all:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${originPort};
      proxy_cache all;
      ${directives}
    }
  }
}
`,
    options: ({ directory }, configurationPath) => [
      '-p',
      directory,
      '-e',
      `${directory}/error.log`,
      '-c',
      configurationPath,
    ],
  };
}

/** In their default configurations, but for one that operators are told to use for a better hit rate. */
export const sharedCaches: readonly SharedCache[] = [
  {
    cache: 'Apache mod_cache',
    keepsSetCookie: true,
    keepsPagesOfCookies: true,
    program: '/usr/sbin/apache2',
    debian: 'apache2',
    configuration: ({ port, originPort, directory }) => `
ServerRoot ${directory}
ServerName 127.0.0.1
PidFile ${directory}/apache.pid
ErrorLog ${directory}/error.log
Listen 127.0.0.1:${port}
${loadModules(['mpm_event', 'authz_core', 'unixd', 'proxy', 'proxy_http', 'cache', 'cache_disk'])}
${isRoot ? 'User www-data\nGroup www-data' : ''}
CacheRoot ${directory}
CacheEnable disk /
ProxyPass / http://127.0.0.1:${originPort}/
`,
    options: (_setting, configurationPath) => ['-D', 'FOREGROUND', '-f', configurationPath],
  },
  nginx('nginx proxy_cache', false, ''),
  nginx('nginx proxy_cache that ignores Set-Cookie', true, 'proxy_ignore_headers Set-Cookie;'),
  {
    cache: 'Varnish',
    keepsSetCookie: false,
    keepsPagesOfCookies: false,
    program: '/usr/sbin/varnishd',
    debian: 'varnish',
    options: ({ port, originPort, directory }) => [
      '-F',
      '-a',
      `127.0.0.1:${port}`,
      '-b',
      `127.0.0.1:${originPort}`,
      '-n',
      `${directory}/varnish`,
      '-s',
      'malloc,16m',
    ],
  },
];
