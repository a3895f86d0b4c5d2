import { describeError } from '../errors.js';
import { isError } from '../any-realm.js';
import { memberOf } from '../own-member.js';

/**
 * A client's error without its command. ioredis keeps the command on the error, and if it cannot log in,
 * it fails all waiting commands with the error of `AUTH`, whose arguments hold the password. `revoke`
 * rejects with an error that has it as its `cause`, and Nest logs that with all its properties.
 */
export function withoutCommand(error: unknown): Error {
  if (!isError(error)) {
    return new Error(`The client gave ${describeError(error)}.`);
  }
  const { name, message, stack } = error;
  const told = Object.defineProperties(new Error(message), {
    name: { value: name, configurable: true },
    stack: { value: stack, configurable: true },
  });
  const code = memberOf(error, 'code');
  return code === undefined ? told : Object.assign(told, { code });
}
