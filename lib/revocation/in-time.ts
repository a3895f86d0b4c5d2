/**
 * What an asynchronous call gives, unless it takes too long or is to stop: also of calls that pay no
 * heed to their signal. What such a call still gives later is ignored.
 *
 * With a controller of its own, and not with `AbortSignal.any` and `AbortSignal.timeout`: Node keeps
 * such a signal for ever if the call leaves a listener on it.
 *
 * @param seconds - how long it may take; does not keep the process alive
 * @param stop - aborts it earlier
 * @param call - is given a signal that is aborted in either case
 */
export function inTime<Given>(
  seconds: number,
  stop: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<Given>,
): Promise<Given> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const end = (reason: unknown): void => {
      controller.abort(reason);
      reject(reason);
    };
    const onStop = (): void => end(stop?.reason);
    const timer = setTimeout(() => end(timeoutError(seconds)), seconds * 1000).unref();
    stop?.addEventListener('abort', onStop);
    call(controller.signal)
      .finally(() => {
        clearTimeout(timer);
        stop?.removeEventListener('abort', onStop);
      })
      .then(resolve, reject);
    if (stop?.aborted === true) {
      onStop();
    }
  });
}

function timeoutError(seconds: number): Error {
  const error = new Error(`The source took over ${seconds} seconds.`);
  error.name = 'TimeoutError';
  return error;
}
