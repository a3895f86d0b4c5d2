import { SecureCookieError } from '../errors.js';
import type { OwnOptions } from '../own-options.js';
import type { SecureCookieVersion } from './opened-value.js';

/** What a signed value must satisfy, apart from its key. All durations are seconds. */
export interface SecureCookiePolicy {
  /**
   * The age up to which values verify, in seconds (not days, as Tornado's `max_age_days`, and not
   * milliseconds).
   *
   * @defaultValue 2_678_400 (31 days, as in Tornado)
   */
  readonly maxAge?: number | undefined;
  /**
   * The oldest format that is read. 1 also accepts Tornado's first format, whose signature does not
   * cover where the name ends and the value begins: see SECURITY.md.
   *
   * @defaultValue 2
   */
  readonly minVersion?: SecureCookieVersion | undefined;
  /**
   * How far in the future a value's date may be, in seconds, for clocks that disagree.
   *
   * @defaultValue 300
   */
  readonly clockTolerance?: number | undefined;
  /**
   * Accepts secrets that are under 32 bytes, repetitive or published. For tests and demos only.
   *
   * @defaultValue false
   */
  readonly allowWeakSecrets?: boolean | undefined;
  /**
   * The current time in seconds since the epoch (not the milliseconds of `Date.now`), fractions
   * allowed.
   *
   * @defaultValue the system's clock
   */
  readonly clock?: (() => number) | undefined;
}

const DEFAULT_MAX_AGE = 31 * 86_400;

/** Seconds. */
const DEFAULT_CLOCK_TOLERANCE = 300;

/** Dates of more than twelve digits are not read; a clock that returns one counts milliseconds. */
const END_OF_TIME = 1e12;

/** Every option of a policy, each `undefined`. */
export function blankPolicy(): OwnOptions<SecureCookiePolicy> {
  return {
    maxAge: undefined,
    minVersion: undefined,
    clockTolerance: undefined,
    allowWeakSecrets: undefined,
    clock: undefined,
  };
}

/**
 * A policy with its defaults.
 *
 * @param policy - has only own properties
 * @throws {@link SecureCookieError} `option`
 */
export function resolvePolicy({
  maxAge = DEFAULT_MAX_AGE,
  minVersion = 2,
  clockTolerance = DEFAULT_CLOCK_TOLERANCE,
  allowWeakSecrets = false,
  clock = systemClock,
}: SecureCookiePolicy) {
  assertDuration('maxAge', maxAge);
  assertVersion('minVersion', minVersion);
  assertDuration('clockTolerance', clockTolerance);
  if (typeof allowWeakSecrets !== 'boolean') {
    throw new SecureCookieError('option', 'The option "allowWeakSecrets" must be true or false.');
  }
  if (typeof clock !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "clock" must be a function that returns seconds since the epoch.',
    );
  }
  return { maxAge, minVersion, clockTolerance, allowWeakSecrets, clock };
}

/**
 * @throws {@link SecureCookieError} `option`
 */
export function assertVersion(option: string, version: SecureCookieVersion): void {
  if (version !== 1 && version !== 2) {
    throw new SecureCookieError('option', `The option "${option}" must be 1 or 2.`);
  }
}

/**
 * @throws {@link SecureCookieError} `clock` - NaN would pass every comparison of ages
 */
export function assertTime(seconds: number): void {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds >= END_OF_TIME) {
    throw new SecureCookieError(
      'clock',
      'The option "clock" must return seconds since the epoch: a finite number, not negative, and not the milliseconds of Date.now().',
    );
  }
}

/**
 * @throws {@link SecureCookieError} `option`
 */
export function assertDuration(option: string, seconds: number): void {
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new SecureCookieError(
      'option',
      `The option "${option}" must be a number of seconds, finite and not negative.`,
    );
  }
}

function systemClock(): number {
  return Date.now() / 1000;
}
