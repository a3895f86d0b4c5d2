/**
 * What an asynchronous call gives, or the signal's reason once that is aborted: also of calls that
 * pay no heed to their signal. What such a call still gives later is ignored.
 */
export function untilAborted<Given>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Given>,
): Promise<Given> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop);
    call(signal)
      .finally(() => signal.removeEventListener('abort', stop))
      .then(resolve, reject);
  });
}
