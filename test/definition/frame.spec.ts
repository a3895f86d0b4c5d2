import { describe, expect, it } from '@jest/globals';
import { frame, unframe } from '../../lib/definition/frame.js';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('the frame in front of a payload', () => {
  it.each([
    [1_300_000_000, true, false, 'value', 'fe01004d7c6d0076616c7565'],
    [0, true, false, 'value', 'fe01000000000076616c7565'],
    [1, true, false, '', 'fe010000000001'],
    [0xff_ffff_ffff, true, false, 'v', 'fe01ffffffffff76'],
    [1_300_000_000, false, false, 'value', 'fe0201004d7c6d0076616c7565'],
    [0, false, false, '', 'fe02010000000000'],
    [0xff_ffff_ffff, false, false, 'v', 'fe0201ffffffffff76'],
    [1_300_000_000, true, true, 'value', 'fe0202004d7c6d0076616c7565'],
    [0, false, true, '', 'fe02030000000000'],
  ])(
    'first issue %d, persistent: %s, bound: %s, before %j: %s',
    (firstIssuedAt, persistent, bound, text, hex) => {
      const payload = new TextEncoder().encode(text);
      const framed = frame(payload, firstIssuedAt, persistent, bound);

      expect(Buffer.from(framed).toString('hex')).toBe(hex);
      expect(unframe(bytes(hex))).toEqual({ payload, firstIssuedAt, persistent, bound });
    },
  );

  it('with flags that are all 0 says what the frame without flags does', () => {
    expect(unframe(bytes('fe0200004d7c6d0076'))).toEqual(unframe(bytes('fe01004d7c6d0076')));
  });

  it.each(['04', '05', '06', '07', '80', 'fe', 'ff'])('is refused with flags 0x%s', (flags) => {
    expect(unframe(bytes(`fe02${flags}004d7c6d0076`))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['text', '76616c7565'],
    ['an encrypted payload', 'ff01004d7c6d0076'],
    ['another layout', 'fe03004d7c6d0076616c'],
    ['the mark alone', 'fe'],
    ['a layout alone', 'fe01'],
    ['a date cut short', 'fe01004d7c6d'],
    ['the layout with flags alone', 'fe02'],
    ['the flags alone', 'fe0201'],
    ['a date cut short behind flags', 'fe0201004d7c6d'],
    ['unknown flags and a date cut short', 'fe02ff004d7c6d'],
  ])('%s has none, and stays as it is', (_what, hex) => {
    expect(unframe(bytes(hex))).toEqual({
      payload: bytes(hex),
      firstIssuedAt: undefined,
      persistent: true,
      bound: false,
    });
  });
});
