import { describe, expect, it } from '@jest/globals';
import { frameFirstIssue, unframeFirstIssue } from '../../lib/definition/first-issue.js';

const payload = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the date of the first issue, in front of a payload', () => {
  it.each([
    [1_300_000_000, 'value', 'fe01004d7c6d0076616c7565'],
    [0, 'value', 'fe01000000000076616c7565'],
    [1, '', 'fe010000000001'],
    [0xff_ffff_ffff, 'v', 'fe01ffffffffff76'],
  ])('%d before %j: %s', (date, text, hex) => {
    const framed = frameFirstIssue(payload(text), date);

    expect(Buffer.from(framed).toString('hex')).toBe(hex);
    expect(unframeFirstIssue(framed)).toEqual({
      payload: Buffer.from(text),
      firstIssuedAt: date,
    });
  });

  it.each([
    ['nothing', ''],
    ['text', '76616c7565'],
    ['an encrypted payload', 'ff01004d7c6d0076'],
    ['another layout', 'fe02004d7c6d0076'],
    ['the header alone', 'fe01'],
    ['a date cut short', 'fe01004d7c6d'],
  ])('%s has none, and stays as it is', (_what, hex) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));

    expect(unframeFirstIssue(bytes)).toEqual({ payload: bytes, firstIssuedAt: undefined });
  });
});
