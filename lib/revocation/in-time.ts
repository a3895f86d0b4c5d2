/**
 * The result of an asynchronous call, unless it takes too long or is stopped. That also works for calls
 * that ignore their signal; their later result is ignored.
 *
 * Uses its own controller, and not `AbortSignal.any` and `AbortSignal.timeout`: Node keeps such a signal
 * for ever if the call leaves a listener on it.
 *
 * @param seconds - how long the call may take; does not keep the process alive
 * @param stop - aborts the call earlier
 * @param call - gets a signal that is aborted in either case
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
