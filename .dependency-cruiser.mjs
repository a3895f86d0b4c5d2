/**
 * Who may import what in lib/. Imports go up this list of rooms only, never down; each room names all
 * that it may import, and anything else is an error. test/architecture.spec.ts tries the rules.
 */

const SHARED =
  '^lib/(errors|cookie-name|own-options|own-member|any-realm|appended|refresher|secure-cookie-logger)[.]ts$';

const rooms = (...names) => `^lib/(${names.join('|')})/`;

/** Nest's entry points: its deep paths are not its public surface. */
const NEST = '(^|/)node_modules/@nestjs/(common|core)/index[.](js|d[.]ts)$';

/** Imported when an app starts, if it is there, for its exception alone. */
const WEBSOCKETS = '(^|/)node_modules/@nestjs/websockets/index[.](js|d[.]ts)$';

const OF_JAR = ['jar', 'revocation', 'definition', 'accepts', 'signing', 'http'];
const OF_NEST = ['nest', 'exchange', ...OF_JAR];

const ROOMS = {
  signing: [rooms('signing'), '^(crypto|buffer|diagnostics_channel)$'],
  http: [rooms('http'), '^http$'],
  accepts: [rooms('accepts', 'signing', 'http'), '^(buffer|util)$'],
  definition: [rooms('definition', 'accepts', 'signing', 'http'), '^buffer$'],
  revocation: [rooms('revocation', 'definition', 'signing'), '^diagnostics_channel$'],
  jar: [rooms(...OF_JAR), '^http$'],
  exchange: [rooms('exchange', ...OF_JAR), '^(http|stream)$', NEST],
  nest: [rooms(...OF_NEST), '(^|/)node_modules/rxjs/', NEST, WEBSOCKETS],
  module: [rooms('module', ...OF_NEST), NEST],
  testing: [rooms('testing', ...OF_JAR), '^(http|net)$'],
  'device-bound': [
    rooms('device-bound', ...OF_NEST),
    // ES256 and identifiers, and nothing else.
    '^(crypto|http|diagnostics_channel)$',
    NEST,
  ],
};

function room(name, folder, allowed) {
  return { name, severity: 'error', from: { path: folder }, to: { pathNot: allowed } };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    room('shared', SHARED, [SHARED, '^util$']),
    ...Object.entries(ROOMS).map(([name, allowed]) =>
      room(name, `^lib/${name}/`, [...allowed, SHARED]),
    ),
    room('index', '^lib/index[.]ts$', ['^lib/']),
    {
      name: 'a room of its own',
      severity: 'error',
      from: {
        path: '^lib/',
        pathNot: [SHARED, '^lib/index[.]ts$', rooms(...Object.keys(ROOMS))],
      },
      to: {},
    },
    {
      name: 'types of node:http only',
      severity: 'error',
      from: { path: rooms('http', 'jar', 'exchange') },
      to: { path: '^http$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'types of Nest only',
      severity: 'error',
      from: { path: rooms('exchange') },
      to: { path: NEST, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no cycle',
      severity: 'error',
      from: { path: '^lib/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
