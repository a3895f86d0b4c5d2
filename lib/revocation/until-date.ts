/** Seconds. A clock that is far behind must not keep users from logging out. */
const LONGEST = 1;

/**
 * Waits for a date, in seconds since the epoch, but for at most a second.
 *
 * @param now - returns the time, in seconds since the epoch
 */
export async function untilDate(date: number, now: () => number): Promise<void> {
  const wait = Math.min(date - now(), LONGEST);
  if (wait > 0) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(wait * 1000)));
  }
}
