import { describe, expect, it } from '@jest/globals';
import {
  decodeRefreshState,
  encodeRefreshState,
  type RefreshState,
} from '../../lib/device-bound/refresh-state.js';

const STATE: RefreshState = {
  identifier: '000102030405060708090a0b0c0d0e0f',
  point: new Uint8Array(64).map((_, index) => 0x80 + index),
  firstIssuedAt: 1_300_000_000,
  persistent: true,
  payload: new TextEncoder().encode('alice'),
};

const HEX = [
  '0100',
  '000102030405060708090a0b0c0d0e0f',
  Buffer.from(STATE.point).toString('hex'),
  '004d7c6d00',
  '616c696365',
].join('');

describe('what a refresh cookie keeps', () => {
  it.each([
    ['a session', STATE, HEX],
    [
      'one that ends with the browser',
      { ...STATE, persistent: false },
      HEX.replace(/^0100/, '0101'),
    ],
    ['one without a value', { ...STATE, payload: new Uint8Array() }, HEX.slice(0, -10)],
  ])('is, of %s, these bytes', (_what, state, hex) => {
    expect(Buffer.from(encodeRefreshState(state)).toString('hex')).toBe(hex);
    expect(decodeRefreshState(Buffer.from(hex, 'hex'))).toEqual({
      ...state,
      point: Buffer.from(state.point),
      payload: Buffer.from(state.payload),
    });
  });

  it.each([
    ['nothing', ''],
    ['another layout', HEX.replace(/^01/, '02')],
    ['unknown flags', HEX.replace(/^0100/, '0102')],
    ['a known flag and an unknown one', HEX.replace(/^0100/, '0103')],
    ['one byte too few', HEX.slice(0, 2 * 86)],
    ['the layout alone', '0100'],
  ])('is not read from %s', (_what, hex) => {
    expect(decodeRefreshState(new Uint8Array(Buffer.from(hex, 'hex')))).toBeUndefined();
  });
});
