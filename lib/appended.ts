/**
 * A list with one more entry, for lists that a request keeps. `push` reserves room for 17 entries, which
 * each garbage collection copies as long as the response is open.
 */
export function appended<Entry>(list: readonly Entry[], entry: Entry): readonly Entry[] {
  return list.length === 0 ? [entry] : [...list, entry];
}
