import { ValidationPipe, type PipeTransform, type Type } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import { isInstance, memberOf } from '../own-member.js';

/** A pipe, or the class of one. */
export type SecureCookiePipe = Type<PipeTransform> | PipeTransform;

/** Whether an argument is meant as a pipe, not as options: a circular import makes it `undefined`. */
export function isMeantForPipe(value: unknown): value is SecureCookiePipe | undefined {
  return (
    value === undefined || typeof value === 'function' || memberOf(value, 'transform') !== undefined
  );
}

/**
 * Checks that a pipe will run: Nest silently ignores a value without `transform`.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function asPipe(value: unknown): SecureCookiePipe {
  if (!isPipe(value)) {
    throw new SecureCookieError('option', howToPass(value));
  }
  if (validatesNothing(value)) {
    throw new SecureCookieError(
      'option',
      'A ValidationPipe skips the parameters of custom decorators, and so it would check nothing here: pass new ValidationPipe({ validateCustomDecorators: true }), or define the cookie with a schema.',
    );
  }
  return value;
}

function isPipe(value: unknown): value is SecureCookiePipe {
  const methods: unknown = typeof value === 'function' ? value.prototype : value;
  return isInstance(methods) && typeof methods['transform'] === 'function';
}

function howToPass(value: unknown): string {
  if (value === undefined) {
    return 'A pipe of @SecureCookie() is undefined: two files may import each other.';
  }
  return typeof value === 'function'
    ? `@SecureCookie() takes pipes, but ${value.name} has no method "transform".`
    : '@SecureCookie() takes its options before the pipes: @SecureCookie(cookie, { required: true }, ParseIntPipe).';
}

/** Whether a pipe is Nest's `ValidationPipe`, and skips the parameters of custom decorators. */
function validatesNothing(pipe: SecureCookiePipe): boolean {
  if (!(pipe instanceof ValidationPipe)) {
    return pipe === ValidationPipe;
  }
  const decides: unknown = Reflect.get(pipe, 'toValidate');
  return (
    decides === Reflect.get(ValidationPipe.prototype, 'toValidate') &&
    Reflect.get(pipe, 'validateCustomDecorators') !== true
  );
}
