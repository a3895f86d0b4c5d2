import { TORNADO_EXAMPLE_SECRET, TORNADO_TEST_SECRET } from '../support/secrets.js';

/** Values that Tornado made, byte for byte. */
export const TORNADO_SIGNED_VALUES = [
  {
    source: 'tornado/test/web_test.py, SignedValueTest.test_known_values',
    secret: TORNADO_TEST_SECRET,
    clock: 1_300_000_000,
    version: 1,
    name: 'key',
    value: 'value',
    signed: 'dmFsdWU=|1300000000|31c934969f53e48164c50768b40cbd7e2daaaa4f',
  },
  {
    source: 'tornado/test/web_test.py, SignedValueTest.test_known_values',
    secret: TORNADO_TEST_SECRET,
    clock: 1_300_000_000,
    version: 2,
    name: 'key',
    value: 'value',
    signed:
      '2|1:0|10:1300000000|3:key|8:dmFsdWU=|3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152',
  },
  {
    source: 'the secure cookie example for Tornado, whose client kept this answer of 2012',
    secret: TORNADO_EXAMPLE_SECRET,
    clock: 1_344_359_095.29,
    version: 1,
    name: 'technobeans',
    value: '1344359095.29',
    signed: 'MTM0NDM1OTA5NS4yOQ==|1344359095|be3d68ebe6251359e9f8bade853ca99c93ff1daa',
  },
] as const;
