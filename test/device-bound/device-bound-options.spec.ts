import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie } from 'nestjs-secure-cookie';
import { deviceBoundOptions } from '../../lib/device-bound/device-bound-options.js';
import { thrownBy } from '../support/thrown-by.js';

const Session = defineSecureCookie('__Host-session', { deviceBound: {} });
const SECURE = { secure: true, deviceBound: {} } as const;
const Plain = defineSecureCookie('__Host-plain');

describe('the options of DeviceBoundModule', () => {
  it('have a default path, and a list of their own', () => {
    const sessions = [Session];
    const options = deviceBoundOptions({ sessions });
    sessions.pop();

    expect(options).toEqual({ path: '/device-bound', sessions: [Session] });
  });

  it.each(['/a', '/api/v1/device-bound', '/a.b~c_d-e', '/.a/..b/...'])(
    'take the path %s',
    (path) => {
      expect(deviceBoundOptions({ path, sessions: [Session] })).toMatchObject({ path });
    },
  );

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a definition', Session],
    ['text', '/device-bound'],
    ['no sessions', {}],
    ['sessions that are no list', { sessions: Session }],
    ['an empty list', { sessions: [] }],
    ['a hole in the list', { sessions: Object.assign([], { length: 1 }) }],
    ['a definition that is undefined yet', { sessions: [undefined] }],
    ['a name', { sessions: ['__Host-session'] }],
    ['a definition without deviceBound', { sessions: [Session, Plain] }],
    ['a definition twice', { sessions: [Session, Session] }],
    [
      'definitions whose refresh cookies have one name: one could be refreshed with that of the other',
      { sessions: [Session, defineSecureCookie('__Secure-session', SECURE)] },
    ],
    [
      'a definition with the name of a refresh cookie',
      { sessions: [Session, defineSecureCookie('__Secure-session-refresh', SECURE)] },
    ],
    ['an option that is misspelt', { sessions: [Session], paths: '/a' }],
    ['options that are inherited', Object.create({ sessions: [Session] })],
    ...[
      '',
      '/',
      'a',
      '/a/',
      '//a',
      '/a b',
      '/:id',
      '/*',
      '/a?b',
      '/a;b',
      '/a"b',
      '/%61',
      '/.',
      '/a/../b',
      'https://a/b',
      1,
      null,
      `/${'a'.repeat(1000)}`,
    ].map((path) => [
      `the path ${JSON.stringify(path)}`.slice(0, 40),
      { path, sessions: [Session] },
    ]),
  ])('are refused: %s', (_what, options) => {
    expect(thrownBy(() => deviceBoundOptions(options as never))).toMatchObject({ code: 'option' });
  });
});
