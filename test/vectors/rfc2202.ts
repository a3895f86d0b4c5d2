/** RFC 2202, section 3: test cases for HMAC-SHA-1. */
export const RFC_2202_SHA1 = [
  {
    testCase: 1,
    key: Buffer.alloc(20, 0x0b),
    data: 'Hi There',
    digest: 'b617318655057264e28bc0b6fb378c8ef146be00',
  },
  {
    testCase: 2,
    key: Buffer.from('Jefe'),
    data: 'what do ya want for nothing?',
    digest: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  },
  {
    testCase: 3,
    key: Buffer.alloc(20, 0xaa),
    data: Buffer.alloc(50, 0xdd),
    digest: '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
  },
  {
    testCase: 4,
    key: Buffer.from('0102030405060708090a0b0c0d0e0f10111213141516171819', 'hex'),
    data: Buffer.alloc(50, 0xcd),
    digest: '4c9007f4026250c6bc8414f9bf50c86c2d7235da',
  },
  {
    testCase: 5,
    key: Buffer.alloc(20, 0x0c),
    data: 'Test With Truncation',
    digest: '4c1a03424b55e07fe7f27be1d58bb9324a9a5a04',
  },
  {
    testCase: 6,
    key: Buffer.alloc(80, 0xaa),
    data: 'Test Using Larger Than Block-Size Key - Hash Key First',
    digest: 'aa4ae5e15272d00e95705637ce8a3b55ed402112',
  },
  {
    testCase: 7,
    key: Buffer.alloc(80, 0xaa),
    data: 'Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data',
    digest: 'e8e99d0f45237d786d6bbaa7965c7808bbff1a91',
  },
] as const;
