/** Nest's packages, and the RxJS that they know observables by, from the second install in test/nest11. */
const nest11 = {
  '^(@nestjs/(?:common|core|microservices|platform-express|platform-fastify|platform-ws|testing|websockets)|rxjs)$':
    '<rootDir>/test/nest11/node_modules/$1',
};

/** @returns {import('jest').Config} */
const project = (displayName, testMatch, moduleNameMapper = {}) => ({
  displayName,
  testMatch,
  moduleNameMapper: {
    ...moduleNameMapper,
    '^nestjs-secure-cookie$': '<rootDir>/lib/index.ts',
    // Sources name each other by the file that they will be.
    '^(\\.{1,2}/.+)\\.js$': ['$1.js', '$1.ts'],
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
  setupFiles: ['reflect-metadata'],
});

/** @type {import('jest').Config} */
export default {
  // Jest keeps the ES modules of each file it has run; collecting garbage among them takes a second.
  workerIdleMemoryLimit: '1GB',
  projects: [
    project('nest12', ['<rootDir>/test/**/*.spec.ts']),
    project(
      'nest11',
      // Long, and on one major enough.
      [
        '<rootDir>/test/{nest,e2e}/**/*.spec.ts',
        '!**/clients.spec.ts',
        '!**/hostile-headers.spec.ts',
        '!**/inject.spec.ts',
      ],
      nest11,
    ),
  ],
};
