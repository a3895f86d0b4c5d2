import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieReader, SecureCookieSigner } from 'nestjs-secure-cookie';
import { drawNoncesFrom } from '../../lib/signing/secure-cookie-signer.js';
import { TornadoOracle } from '../fuzz/tornado-oracle.js';
import { NONCE } from '../support/encrypt.js';
import { describeWithPython, PYTHON } from '../support/python.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const SCRIPT = fileURLToPath(new URL('encrypted_cookie.py', import.meta.url));
const CLOCK = 1_300_000_000;
const BYTES_SECRET = Uint8Array.from({ length: 65 }, (_, index) => 255 - index);
const KEYS = { 0: SECRET, 7: 'сікрет, über 32 Bytes in UTF-8 鍵', 9_999_999_999: BYTES_SECRET };
const VERSIONS = [0, 7, 9_999_999_999] as const;

function signerOf(keyVersion: (typeof VERSIONS)[number]): SecureCookieSigner {
  const signer = new SecureCookieSigner({ secret: KEYS, keyVersion, clock: () => CLOCK });
  drawNoncesFrom(signer, () => NONCE);
  return signer;
}

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');

type Answer = Readonly<Partial<Record<'signed' | 'value' | 'error', string>>>;

/** What encrypted_cookie.py answers to each of the questions. */
function askPython(questions: readonly object[]): readonly Answer[] {
  const { stdout, stderr, status } = spawnSync(PYTHON, [SCRIPT], {
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The bytes that a real Tornado reads, or null where it refuses. */
async function askTornado(
  questions: readonly {
    readonly name: string;
    readonly signed: string;
    readonly clock: number;
  }[],
): Promise<readonly (Buffer | null)[]> {
  const oracle = new TornadoOracle();
  const answers = await oracle.decode(
    questions.map(({ name, signed, clock }) => ['decode', secrets, name, signed, 31, clock, 2]),
  );
  await oracle.close();
  return answers.map((answer) =>
    answer !== null && 'value' in answer ? Buffer.from(answer.value, 'base64') : null,
  );
}

/** With each key: nothing, text, text beyond ASCII, bytes that are no text, and far over a block. */
const cookies = VERSIONS.flatMap((keyVersion) =>
  ['', 'value', 'Größe 鍵', Uint8Array.of(0xff, 0x01, 0), new Uint8Array(2000).fill(7)].map(
    (value, index) => ({ keyVersion, name: `__Host-cookie|${index}`, value }),
  ),
);

const secrets = Object.fromEntries(
  VERSIONS.map((version) => [String(version), base64(KEYS[version])]),
);

const ours = cookies.map(({ keyVersion, name, value }) =>
  signerOf(keyVersion).sign(name, value, { encrypt: true }),
);

describeWithPython('cryptography', 'encrypted cookies between Python and us', () => {
  it('Python makes, from the layout alone, the very bytes that we make', () => {
    const made = askPython(
      cookies.map(({ keyVersion, name, value }) => ({
        encrypt: base64(value),
        name,
        secret: secrets[keyVersion],
        key_version: keyVersion,
        clock: CLOCK,
        nonce: base64(NONCE),
      })),
    );

    expect(made).toEqual(ours.map((signed) => ({ signed })));
  });

  it('Python reads what we made with random nonces', () => {
    const questions = cookies.map(({ keyVersion, name, value }) => ({
      name,
      secrets,
      decrypt: new SecureCookieSigner({ secret: KEYS, keyVersion }).sign(name, value, {
        encrypt: true,
      }),
    }));

    expect(askPython(questions)).toEqual(cookies.map(({ value }) => ({ value: base64(value) })));
  });

  it('we read what Python made, and a definition does', () => {
    const [made = {}] = askPython([
      {
        encrypt: base64('{"items":["äpple"]}'),
        name: 'cart',
        secret: base64(SECRET),
        key_version: 0,
        clock: CLOCK,
        nonce: base64(Buffer.alloc(24, 0xa5)),
      },
    ]);
    const signer = new SecureCookieSigner({ secret: SECRET, clock: () => CLOCK });
    const Cart = defineSecureCookie('cart', { codec: 'json', encrypt: true });

    expect(signer.unsign('cart', made.signed, { encrypted: true })).toBe('{"items":["äpple"]}');
    expect(new SecureCookieReader(signer, `cart="${made.signed}"`).get(Cart)).toEqual({
      items: ['äpple'],
    });
  });

  it('neither takes it for another cookie’s, or with another secret', () => {
    const signed = signerOf(0).sign('cart', 'value', { encrypt: true });

    expect(
      askPython([
        { decrypt: signed, name: 'other', secrets },
        { decrypt: signed, name: 'cart', secrets: { 0: base64(OTHER_SECRET) } },
        { decrypt: signerOf(0).sign('cart', 'value'), name: 'cart', secrets },
      ]),
    ).toEqual([{ error: 'ValueError' }, { error: 'ValueError' }, { error: 'ValueError' }]);
  });
});

describeWithPython('tornado', 'an encrypted cookie at a real Tornado', () => {
  it('verifies, and is opaque bytes', async () => {
    const seen = await askTornado(
      cookies.map(({ name }, index) => ({ name, signed: ours[index] ?? '', clock: CLOCK + 1 })),
    );

    expect(seen.map((bytes) => bytes?.toString('hex', 0, 26))).toEqual(
      cookies.map(() => `ff01${NONCE.toString('hex')}`),
    );
    expect(seen.map((bytes) => bytes?.length)).toEqual(
      cookies.map(({ value }) => Buffer.byteLength(value) + 42),
    );
    expect(seen.filter((bytes) => bytes?.includes('value'))).toEqual([]);
  });

  it('is bound to its name and its date, as any other', async () => {
    const signed = signerOf(0).sign('cart', 'value', { encrypt: true });
    const month = 31 * 86_400;

    expect(
      await askTornado([
        { name: 'other', signed, clock: CLOCK },
        { name: 'cart', signed, clock: CLOCK + month + 1 },
        { name: 'cart', signed: signed.replace('1300000000', '1300000001'), clock: CLOCK },
      ]),
    ).toEqual([null, null, null]);
  });
});
