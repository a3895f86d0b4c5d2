/** Gets the warnings and errors that no caller can be told. Nest's `Logger` is one. */
export interface SecureCookieLogger {
  /** Something that still works, and should be fixed. */
  warn(message: string): void;
  /** Something that failed. */
  error(message: string): void;
}

/**
 * Logs, and never throws, even if the logger does: a message about a request must not fail it, and
 * nothing could handle an exception at the head of its response.
 */
export function logSafely(log: () => void): void {
  try {
    log();
  } catch {
    // There is nobody left to tell.
  }
}
