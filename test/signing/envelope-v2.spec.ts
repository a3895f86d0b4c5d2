import { describe, expect, it } from '@jest/globals';
import { EnvelopeV2 } from '../../lib/signing/envelope-v2.js';

describe('the envelope of a v2 value', () => {
  it('is of the name and the date that are asked for, in any order', () => {
    const envelope = new EnvelopeV2(12);
    const asked = [
      ['user', 1_300_000_000],
      ['user', 1_300_000_001],
      ['cart', 1_300_000_001],
      ['cart', 1_300_000_001],
      ['user', 1_300_000_001],
      ['user', 0],
      ['', 0],
    ] as const;

    expect(asked.map(([name, date]) => envelope.of(name, date))).toEqual([
      '2|2:12|10:1300000000|4:user|',
      '2|2:12|10:1300000001|4:user|',
      '2|2:12|10:1300000001|4:cart|',
      '2|2:12|10:1300000001|4:cart|',
      '2|2:12|10:1300000001|4:user|',
      '2|2:12|1:0|4:user|',
      '2|2:12|1:0|0:|',
    ]);
  });
});
