/** Nest's packages, and those that must be the ones it knows, from the second install in test/nest11. */
const nest11 = {
  '^(@nestjs/(?:apollo|common|core|graphql|microservices|platform-express|platform-fastify|platform-socket.io|platform-ws|testing|websockets)|@apollo/server|rxjs)$':
    '<rootDir>/test/nest11/node_modules/$1',
};

/** Rooms that know nothing of Nest get the package without it, and fail if they load it. */
const withoutNest = {
  '^nestjs-secure-cookie$': '<rootDir>/test/support/without-nest.ts',
  '^@nestjs/': '<rootDir>/test/support/no-nest.ts',
};

/** Mercurius requires it, by way of @fastify/static, in a version that is an ES module: Jest cannot. */
const commonJs = { '^content-disposition$': '<rootDir>/node_modules/content-disposition' };

/** What lasts minutes in its long form; its short form is the end of a whole run. */
const ENDURANCE = [
  '<rootDir>/test/{fuzz,rotation,revocation-spread,load,endurance}/**/*.spec.ts',
  '<rootDir>/test/e2e/{clients,hostile-headers}.spec.ts',
];

/** What needs a browser. */
const BROWSER = ['<rootDir>/test/{lab,account,browser}/**/*.spec.ts'];

/** What needs the network, an install of its own, or the build. */
const PACKAGE = ['<rootDir>/test/{package,sample}/*.spec.ts'];

/** Specs of apps that start programs. */
const PROGRAMS = ['<rootDir>/test/e2e/browsers.spec.ts', '<rootDir>/test/module/idle-app.spec.ts'];

/** Programs, and the whole tree. */
const PEERS = [
  ...PROGRAMS,
  '<rootDir>/test/{tornado,encryption,vectors,caches,documents}/**/*.spec.ts',
  '<rootDir>/test/revocation/**/*redis*.spec.ts',
  '<rootDir>/test/{architecture,coexistence,comparison}.spec.ts',
];

const not = (patterns) => patterns.map((pattern) => `!${pattern.replace('<rootDir>', '**')}`);

/** The contexts that each major of Nest passes to handlers. */
const CONTEXTS = '<rootDir>/test/exchange/exchange.spec.ts';

/** Specs of rooms without Nest that show in an app, or with Nest's contexts, what they promise. */
const IN_AN_APP = [
  CONTEXTS,
  '<rootDir>/test/accepts/{cookie-signature,accepted-format}.spec.ts',
  '<rootDir>/test/jar/{keys-at-the-head,pending-cookies}.spec.ts',
  '<rootDir>/test/{entrances,polluted-prototype}.spec.ts',
  '<rootDir>/test/signing/one-secret-two-purposes.spec.ts',
];

/** @returns {import('jest').Config} */
const project = (displayName, testMatch, moduleNameMapper = {}) => ({
  displayName,
  testMatch,
  moduleNameMapper: {
    '^nestjs-secure-cookie$': '<rootDir>/lib/index.ts',
    '^nestjs-secure-cookie/device-bound$': '<rootDir>/lib/device-bound/index.ts',
    // Sources name each other by the file that they will be.
    '^(\\.{1,2}/.+)\\.js$': ['$1.js', '$1.ts'],
    ...moduleNameMapper,
  },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
      },
    ],
  },
  testEnvironment: 'node',
  setupFiles: moduleNameMapper === withoutNest ? [] : ['reflect-metadata'],
});

/** @type {import('jest').Config} */
export default {
  // Jest keeps the ES modules of each file it has run; collecting garbage among them takes a second.
  workerIdleMemoryLimit: '1GB',
  projects: [
    project(
      'rooms',
      [
        '<rootDir>/test/{signing,http,accepts,definition,revocation,jar,exchange,testing,device-bound}/**/*.spec.ts',
        '<rootDir>/test/*.spec.ts',
        ...not(IN_AN_APP),
        ...not(PEERS),
      ],
      withoutNest,
    ),
    project('nest12', [
      '<rootDir>/test/{nest,module,e2e}/**/*.spec.ts',
      ...IN_AN_APP,
      ...not([...PROGRAMS, ...ENDURANCE]),
    ]),
    project('reach', ['<rootDir>/test/{graphql,websockets}/**/*.spec.ts'], commonJs),
    project(
      'nest11',
      [
        '<rootDir>/test/{nest,module,e2e}/**/*.spec.ts',
        CONTEXTS,
        // One connection of each kind: the drivers of Nest 11.
        '<rootDir>/test/{graphql,websockets}/**/*.nest11.spec.ts',
        // On one major enough.
        '!**/{inject,idle-app}.spec.ts',
        ...not(ENDURANCE),
      ],
      nest11,
    ),
    project('peers', PEERS),
    project('package', PACKAGE),
    project('browser', BROWSER),
    project('endurance', ENDURANCE),
  ],
};
