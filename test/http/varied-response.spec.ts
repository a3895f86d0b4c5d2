import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { varyResponseByCookie } from '../../lib/http/varied-response.js';
import { thrownBy } from '../support/thrown-by.js';

describe('a response that depends on cookies', () => {
  it.each([
    [undefined, 'Cookie'],
    ['Accept', 'Accept, Cookie'],
  ])('says so in its head: Vary %j becomes %j', (before, after) => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    if (before !== undefined) {
      response.setHeader('Vary', before);
    }
    varyResponseByCookie(response);

    expect(response.getHeader('Vary')).toBe(before);
    response.writeHead(200);
    expect(response.getHeader('Vary')).toBe(after);
  });

  it("must be one of Node's: 'not-http'", () => {
    expect(thrownBy(() => varyResponseByCookie({} as never))).toMatchObject({ code: 'not-http' });
  });
});
