import { expect } from '@jest/globals';
import { signer } from '../signed-cookies.js';
import { EXIT_COOKIE, EXIT_VALUE } from './exits.pipeline.js';
import type { Exit, ExitResponse } from './exits.js';

const isOurs = (setCookie: string): boolean => setCookie.startsWith(`${EXIT_COOKIE}=`);

/** Our cookie is there once and verifies; all else is as in the same app without it. */
export function expectExit(exit: Exit, response: ExitResponse, without: ExitResponse): void {
  const ours = response.setCookies.filter(isOurs);
  const others = response.setCookies.filter((setCookie) => !isOurs(setCookie));

  expect(response.status).toBe(exit.status);
  expect(ours).toHaveLength(1);
  expect(signer.unsign(EXIT_COOKIE, /^exit=([^;]+);/.exec(ours[0] ?? '')?.[1])).toBe(EXIT_VALUE);
  expect(without.setCookies).not.toEqual([]);
  expect({ ...response, setCookies: others }).toEqual(without);
}
