import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Makes the package say where it comes from, in the folder it is run in: package.json gets the fields
 * that npm shows, and the links of README.md and CHANGELOG.md become absolute, because npm shows both
 * without the files that they link to. The repository is the one that the release runs in
 * (GITHUB_REPOSITORY), which no file here knows.
 *
 * Fails where package.json says something else, or where CHANGELOG.md does not tell of the version.
 */
const repository = process.env.GITHUB_REPOSITORY ?? '';
if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
  fail('GITHUB_REPOSITORY must be "owner/name".');
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { name, version } = manifest;
const url = `https://github.com/${repository}`;
const fields = {
  repository: { type: 'git', url: `git+${url}.git` },
  bugs: { url: `${url}/issues` },
  homepage: `${url}#readme`,
};
for (const field of ['author', 'description', 'license', 'keywords']) {
  if (!(manifest[field]?.length > 0)) {
    fail(`package.json has no "${field}".`);
  }
}
for (const [field, value] of Object.entries(fields)) {
  if (manifest[field] !== undefined && JSON.stringify(manifest[field]) !== JSON.stringify(value)) {
    fail(`"${field}" of package.json must be ${JSON.stringify(value)}, or be left to the release.`);
  }
}
writeFileSync('package.json', `${JSON.stringify({ ...manifest, ...fields }, null, 2)}\n`);

const changes = readFileSync('CHANGELOG.md', 'utf8');
if (
  !new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm').test(
    changes,
  )
) {
  fail(`CHANGELOG.md has no heading "## [${version}] - <date>".`);
}
for (const file of ['README.md', 'CHANGELOG.md']) {
  writeFileSync(file, absolute(readFileSync(file, 'utf8')));
}
console.log(`${name} ${version} comes from ${url}.`);

/** Links lead to the files of the tag; pictures to the bytes of theirs. */
function absolute(markdown) {
  return markdown.replaceAll(
    /(!?)\[([^\]]*)\]\((?!https?:|#)(?:\.\/)?([^)\s]+)\)/g,
    (_link, picture, text, path) =>
      picture === ''
        ? `[${text}](${url}/blob/v${version}/${path})`
        : `![${text}](https://raw.githubusercontent.com/${repository}/v${version}/${path})`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
