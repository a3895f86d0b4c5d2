import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compares Stryker's report with the list of mutants that may survive, each with its reason. A survivor
 * that is not listed fails, and so does a listed one that is killed now, or that has no reason. With
 * `--write`, the list is made anew from the report; known reasons are kept.
 *
 * A mutant is known by its file, the source that it replaces and its replacement, so that the list
 * outlives changes of lines.
 */
const LIST = join(import.meta.dirname, 'survivors.json');
const REPORT = join(import.meta.dirname, '../../build/mutation/report.json');

const { files } = JSON.parse(readFileSync(REPORT, 'utf8'));
const listed = JSON.parse(readFileSync(LIST, 'utf8'));

const key = ({ file, source, replacement }) => JSON.stringify([file, source, replacement]);

/** The text of a mutant, and the line it stands in where that text is short. */
function sourceOf(text, { start, end }) {
  const lines = text.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const from = lines.with(last, lines[last].slice(0, end.column - 1));
  const replaced = from.with(0, from[0].slice(start.column - 1)).join('\n');
  return replaced.length < 20 ? `${replaced} in: ${lines.join('\n').trim()}` : replaced;
}

const survivors = Object.entries(files).flatMap(([file, { source, mutants }]) =>
  mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ location, replacement }) => ({
      file,
      source: sourceOf(source, location),
      replacement,
    })),
);

if (process.argv.includes('--write')) {
  const reasons = new Map(listed.map((mutant) => [key(mutant), mutant.reason]));
  const others = listed.filter(({ file }) => !(file in files));
  const list = [
    ...others,
    ...survivors.map((mutant) => ({ ...mutant, reason: reasons.get(key(mutant)) ?? '' })),
  ].toSorted((one, other) => one.file.localeCompare(other.file));
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`);
}

const known = new Set(listed.map(key));
const alive = new Set(survivors.map(key));
const faults = [
  ...survivors.filter((mutant) => !known.has(key(mutant))).map((mutant) => ['survived', mutant]),
  ...listed
    .filter((mutant) => mutant.file in files && !alive.has(key(mutant)))
    .map((mutant) => ['listed, but killed', mutant]),
  ...listed.filter(({ reason }) => reason === '').map((mutant) => ['no reason', mutant]),
];
for (const [fault, { file, source, replacement }] of faults) {
  console.error(`${fault}: ${file}: ${source}\n  -> ${replacement}`);
}
console.log(`${survivors.length} survivors, ${listed.length} listed, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
