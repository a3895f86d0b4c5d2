/** Seconds as Python's `str(time.time())` writes them: always with a fraction. */
export function pythonTime(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}.0` : `${seconds}`;
}
