/**
 * What `nestjs-secure-cookie` exports of the rooms that know nothing of Nest: their specs import the
 * package by its name, and must not load Nest.
 */
export * from '../../lib/errors.js';
export * from '../../lib/signing/secure-cookie-signer.js';
export * from '../../lib/accepts/cookie-signature.js';
export * from '../../lib/accepts/tornado-v1.js';
export * from '../../lib/definition/secure-cookie-definition.js';
export * from '../../lib/jar/secure-cookie-jar.js';
export * from '../../lib/jar/secure-cookie-reader.js';
export * from '../../lib/revocation/memory-revocations.js';
export * from '../../lib/revocation/secure-cookie-revocations.js';
