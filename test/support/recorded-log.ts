import type { LoggerService } from '@nestjs/common';

/** Keeps what an app logs, level and message. */
export class RecordedLog implements LoggerService {
  readonly lines: string[] = [];

  log(): void {}

  error(message: unknown): void {
    this.lines.push(`error: ${String(message)}`);
  }

  warn(message: unknown): void {
    this.lines.push(`warn: ${String(message)}`);
  }
}
