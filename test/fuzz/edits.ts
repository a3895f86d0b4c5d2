import { Progress, type ProgressStream } from '../support/progress.js';
import { Attempts, shiftName, type AttemptsResult } from './attempts.js';
import { SAMPLES, type Sample } from './samples.js';

/** The 94 visible characters of ASCII. */
const VISIBLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));

/** Every value that is one edit, or one truncation, away. */
function* edits(signed: string): Generator<string> {
  for (let position = 0; position <= signed.length; position += 1) {
    const before = signed.slice(0, position);
    const behind = signed.slice(position);
    for (const character of VISIBLE) {
      yield before + character + behind;
      if (position < signed.length && character !== signed[position]) {
        yield before + character + behind.slice(1);
      }
    }
    if (position < signed.length) {
      yield before + behind.slice(1);
      yield before;
    }
    if (position > 0) {
      yield behind;
    }
  }
}

/** How many values {@link edits} gives: insertions, substitutions, deletions, both truncations. */
export const editCount = ({ length }: string): number =>
  94 * (length + 1) + 93 * length + length + 2 * length;

export interface EditsResult extends AttemptsResult {
  readonly samples: number;
  readonly stopped: boolean;
}

/** Tries every edit of every sample, and every split between a v1 value and its name. */
export async function runEdits(options: {
  readonly stream?: ProgressStream | 'none';
}): Promise<EditsResult> {
  const total = SAMPLES.reduce((sum, { signed }) => sum + editCount(signed), 0);
  const progress = new Progress({ title: 'every edit', total, stream: options.stream });
  const attempts = new Attempts();
  let samples = 0;
  for (const sample of SAMPLES) {
    if (progress.stopped) {
      break;
    }
    for (const edited of edits(sample.signed)) {
      attempts.try(sample, edited);
    }
    tryOtherNames(sample, attempts);
    samples += 1;
    await progress.advance(editCount(sample.signed));
  }
  progress.finish();
  return { ...attempts.result(), samples, stopped: progress.stopped };
}

function tryOtherNames(sample: Sample, attempts: Attempts): void {
  const { name, signed } = sample;
  for (let characters = 1 - name.length; characters < signed.length; characters += 1) {
    if (characters !== 0) {
      const [otherName, rest] = shiftName(name, signed, characters);
      attempts.try(sample, rest, otherName);
    }
  }
}
