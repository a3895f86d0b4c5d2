import jestConfig from './jest.config.js';

const [rooms] = jestConfig.projects;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: {
    config: {
      ...rooms,
      projects: [],
      runner: '<rootDir>/test/mutation/first-failure-runner.js',
      testEnvironment: './test/mutation/first-failure-environment.js',
      testMatch: [
        '<rootDir>/test/{signing,http}/**/*.spec.ts',
        '<rootDir>/test/{errors,cookie-name}.spec.ts',
        '!**/{code-points,cookie-header-cost,mutations,one-secret-two-purposes,properties}.spec.ts',
      ],
    },
  },
  coverageAnalysis: 'perTest',
  mutate: ['lib/{signing,http}/**/*.ts'],
  ignorePatterns: ['build', 'dist'],
  concurrency: 2,
  timeoutMS: 30_000,
  thresholds: { high: 100, low: 95, break: 95 },
  reporters: ['clear-text', 'progress', 'json', 'html'],
  jsonReporter: { fileName: 'build/mutation/report.json' },
  htmlReporter: { fileName: 'build/mutation/report.html' },
  tempDirName: 'build/mutation/sandbox',
};
