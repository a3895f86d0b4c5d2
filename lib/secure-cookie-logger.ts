/** Where the library says what no caller can be told. Nest's `Logger` is one. */
export interface SecureCookieLogger {
  /** Something that still works, and should be mended. */
  warn(message: string): void;
  /** Something that failed. */
  error(message: string): void;
}
