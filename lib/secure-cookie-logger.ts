/** Gets the warnings and errors that no caller can be told. Nest's `Logger` is one. */
export interface SecureCookieLogger {
  /** Something that still works, and should be fixed. */
  warn(message: string): void;
  /** Something that failed. */
  error(message: string): void;
}
