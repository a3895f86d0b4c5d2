/**
 * C2SP, XAES-256-GCM.md, section "Test vectors". The nonce and the plaintext are the same in both; the
 * keys reach the two branches of the CMAC subkey, where a bit falls out of the shift and where none does.
 */
export const XAES_256_GCM = [
  {
    key: Buffer.alloc(32, 0x01),
    nonce: Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX'),
    plaintext: Buffer.from('XAES-256-GCM'),
    additionalData: '',
    sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271',
    subkeyCarry: 0,
  },
  {
    key: Buffer.alloc(32, 0x03),
    nonce: Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX'),
    plaintext: Buffer.from('XAES-256-GCM'),
    additionalData: 'c2sp.org/XAES-256-GCM',
    sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d',
    subkeyCarry: 1,
  },
] as const;

/**
 * C2SP, ditto, the accumulated randomized test: SHAKE128 of no input gives keys, nonces, plaintexts and
 * additional data; SHAKE128 of all the sealed messages is this.
 */
export const XAES_256_GCM_ACCUMULATED = {
  iterations: 10_000,
  digest: 'e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939',
} as const;
