/** Seconds. A clock that is far behind the others' must not hold up those who log out. */
const LONGEST = 1;

/**
 * Resolves when a date has come, in seconds since the epoch, or after a second.
 *
 * @param now - gives the time, in seconds since the epoch
 */
export async function untilDate(date: number, now: () => number): Promise<void> {
  const wait = Math.min(date - now(), LONGEST);
  if (wait > 0) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(wait * 1000)));
  }
}
