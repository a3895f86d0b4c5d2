/** Random bytes that nobody can guess, for what is not signed: cryptography stays in this room. */
export { randomBytes } from 'node:crypto';
