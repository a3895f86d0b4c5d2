import { describe, expect, it } from '@jest/globals';
import { EndpointClient, NOW } from './support/endpoint-client.js';

const ROUNDS = 3000;

const median = (values: number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

describe('the time that a refresh takes', () => {
  it('does not tell a missing cookie from a forged one', () => {
    const client = EndpointClient.bound();
    const forged = `2|1:0|10:${NOW}|24:__Secure-session-refresh|4:AAAA|${'0'.repeat(64)}`;
    const { endpoints } = client;
    const times = { missing: [] as number[], forged: [] as number[] };
    const time = (cookie: string): number => {
      const headers = { cookie, 'sec-secure-session-id': client.identifier };
      const start = process.hrtime.bigint();
      endpoints.refresh(headers, () => {
        throw new Error('Nothing is set here.');
      });
      return Number(process.hrtime.bigint() - start);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.missing.push(time('__Secure-another-one____=x'));
      times.forged.push(time(`__Secure-session-refresh=${forged}`));
    }
    const ratio = median(times.missing) / median(times.forged);

    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.33);
  });
});
