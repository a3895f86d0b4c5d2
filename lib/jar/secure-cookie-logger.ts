/** Where a jar says what no caller can be told any more. Nest's `Logger` is one. */
export interface SecureCookieLogger {
  /** Something that still works, and should be mended. */
  warn(message: string): void;
  /** Something that was left out of a response. */
  error(message: string): void;
}
