import { deviceKey, pointOfJwk } from '../../../lib/device-bound/device-key.js';
import { isProvenBy, readDeviceProof } from '../../../lib/device-bound/device-proof.js';
import { Random } from '../../fuzz/random.js';
import { base64url } from '../../support/software-device.js';
import { EndpointClient } from './endpoint-client.js';

/** What became of proofs that were changed. */
export interface MutatedProofs {
  /** Of the endpoint, by status. */
  readonly answers: Readonly<Record<number, number>>;
  /** The proofs that were accepted, which none may be. */
  readonly accepted: readonly string[];
  /** How many came as far as their signature. */
  readonly verified: number;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ANY = `${BASE64URL}.="+/ ,;%\u0000\u007f\u00e9`;

type Mutation = (proof: string, random: Random) => string;

/** Removes, inserts, changes or repeats some characters. */
const editText: Mutation = (proof, random) => {
  const at = random.below(proof.length);
  const length = random.between(0, 3);
  const inserted = random.text(random.between(0, 3), random.oneIn(3) ? ANY : BASE64URL);
  return proof.slice(0, at) + inserted + proof.slice(at + length);
};

/** Changes bits of the signature, whose form stays right. */
const editSignature: Mutation = (proof, random) => {
  const [header = '', payload = '', signature = ''] = proof.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  for (let edits = random.between(1, 3); edits > 0; edits -= 1) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return `${header}.${payload}.${base64url(bytes)}`;
};

/** R and S exchanged, repeated, zeroed, or of nothing at all. */
const replaceSignature: Mutation = (proof, random) => {
  const [header = '', payload = '', signature = ''] = proof.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
  const other = random.pick([
    Buffer.concat([s, r]),
    Buffer.concat([r, r]),
    Buffer.concat([r, Buffer.alloc(32)]),
    Buffer.concat([Buffer.alloc(32), s]),
    random.bytes(64),
    random.bytes(random.below(200)),
  ]);
  return `${header}.${payload}.${base64url(other)}`;
};

/** Changes what JSON says, in the header or the payload, under the same signature. */
const editJson: Mutation = (proof, random) => {
  const parts = proof.split('.');
  const index = random.below(2);
  const text = Buffer.from(parts[index] ?? '', 'base64url').toString();
  const at = random.below(text.length);
  const inserted = random.pick(['', ' ', '\n', '"', '{', 'x', '\\u0061', ',"crit":[]', '0']);
  parts[index] = base64url(text.slice(0, at) + inserted + text.slice(at + random.below(3)));
  return parts.join('.');
};

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  editText,
  editText,
  editSignature,
  replaceSignature,
  editJson,
];

/**
 * Changes proofs in a few places, and judges them: one in ten as the endpoint that refreshes does, the
 * others by the proof and its challenge alone, which is quicker.
 *
 * @param count - how many
 * @param seed - repeats them
 */
export function judgeMutatedProofs(count: number, seed: number): MutatedProofs {
  const random = new Random(seed);
  const client = EndpointClient.bound();
  const { challenge } = client;
  const key = deviceKey(pointOfJwk(client.device.jwk) ?? new Uint8Array());
  const answers: Record<number, number> = {};
  const accepted: string[] = [];
  let good = '';
  let verified = 0;
  for (let sent = 0; sent < count; sent += 1) {
    if (sent % 100 === 0) {
      good = client.device.refresh(challenge);
    }
    let proof = random.pick(MUTATIONS)(good, random);
    while (random.oneIn(4)) {
      proof = random.pick(MUTATIONS)(proof, random);
    }
    // As a header would carry it, white space at its ends is gone.
    if (proof.trim() === good) {
      continue;
    }
    let isAccepted: boolean;
    if (random.oneIn(10)) {
      const { status } = client.refresh(proof);
      answers[status] = (answers[status] ?? 0) + 1;
      isAccepted = status === 200;
    } else {
      const read = readDeviceProof(proof);
      isAccepted = read?.challenge === challenge && isProvenBy(read, key);
    }
    const [header, payload] = good.split('.');
    verified += proof.startsWith(`${header}.${payload}.`) ? 1 : 0;
    if (isAccepted) {
      accepted.push(proof);
    }
  }
  return { answers, accepted, verified };
}
