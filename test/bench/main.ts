/**
 * `npm run bench`: what secure cookies cost, beside the peers, in one run.
 *
 *     signing        signing, verifying and encrypting alone; this one where left out
 *     request        what reading and setting one cookie add to a request, without sockets
 *     reach          what reading one in a resolver or a gateway takes more than by a reader
 *     device-bound   what the endpoints of device-bound sessions take
 *     revocation     what looking for revocations adds to reading one, and the memory of the list
 *
 *     --rounds <n>   how often each contender has its turn, 25 (signing) or 200 (the others) where left out
 *     --node <n>     runs under that version of Node, from the npm registry
 */
import { parseArgs } from 'node:util';
import { runUnderNode } from './node-versions.js';
import { benchDeviceBound } from './device-bound.js';
import { benchReach } from './reach.js';
import { benchRequest } from './request.js';
import { benchRevocation } from './revocation.js';
import { benchSigning } from './signing.js';

const BENCHES = {
  signing: benchSigning,
  request: benchRequest,
  reach: benchReach,
  'device-bound': benchDeviceBound,
  revocation: benchRevocation,
};

const {
  values: { rounds, node },
  positionals: [what = 'signing', ...others],
} = parseArgs({
  options: { rounds: { type: 'string' }, node: { type: 'string' } },
  allowPositionals: true,
});

if (!isBench(what) || others.length > 0) {
  throw new Error(
    `There is no bench ${[what, ...others].join(' ')}: signing, request, reach, device-bound, or revocation.`,
  );
}
if (node === undefined) {
  await BENCHES[what](rounds === undefined ? undefined : Number(rounds));
} else {
  const options = rounds === undefined ? [] : [`--rounds=${rounds}`];
  process.exitCode = await runUnderNode(node, import.meta.filename, [what, ...options]);
}

function isBench(name: string): name is keyof typeof BENCHES {
  return Object.hasOwn(BENCHES, name);
}
