export { SecureCookieError, type SecureCookieErrorCode } from './errors.js';
export type {
  SecureCookieKeyRecord,
  SecureCookieKeys,
  SecureCookieSecret,
} from './signing/key-ring.js';
export type { SignedValueVersion } from './signing/signed-value.js';
export type { SecureCookiePolicy, SignOptions, VerifyOptions } from './signing/policy.js';
export type {
  SecureCookieRejectedEvent,
  SecureCookieVerifiedEvent,
} from './signing/read-events.js';
export {
  SecureCookieSigner,
  type SecureCookieSignerOptions,
} from './signing/secure-cookie-signer.js';
export type {
  RejectedValue,
  SecureCookieRejection,
  VerifiedValue,
  VerifyResult,
} from './signing/verify-result.js';
export type {
  AcceptedCookie,
  AcceptedFormat,
  AcceptedPayload,
  NameBindingFormat,
} from './definition/accepted-format.js';
export type { JsonValue, SecureCookieCodec } from './definition/codec.js';
export { cookieSignature, type CookieSignatureOptions } from './definition/cookie-signature.js';
export type { AcceptedValue, DefinedResult } from './definition/defined-cookie.js';
export {
  defineSecureCookie,
  SecureCookieDefinition,
  type DefinitionOptions,
  type RenewalOptions,
  type SecureCookieInput,
  type SecureCookieValue,
} from './definition/secure-cookie-definition.js';
export type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
} from './definition/standard-schema.js';
export { tornadoV1, type TornadoV1Options } from './definition/tornado-v1.js';
export type { CookieAttributes } from './http/set-cookie.js';
export type { SecureCookieKeyProvider } from './nest/key-provider.js';
export {
  RequireSecureCookie,
  SecureCookie,
  SecureCookies,
  type DefinedCookieParamOptions,
  type SecureCookieParamOptions,
  type SecureCookiePipe,
} from './nest/secure-cookie.decorators.js';
export { SecureCookieGuard, type SecureCookieReadOptions } from './nest/secure-cookie.guard.js';
export { SecureCookieInterceptor } from './nest/secure-cookie.interceptor.js';
export { SecureCookieJar } from './nest/secure-cookie-jar.js';
export { SecureCookieModule } from './nest/secure-cookie.module.js';
export {
  SECURE_COOKIE_OPTIONS,
  type SecureCookieModuleAsyncOptions,
  type SecureCookieModuleInput,
  type SecureCookieModuleKeys,
  type SecureCookieModuleOptions,
  type SecureCookieModuleScope,
  type SecureCookieOptionsFactory,
} from './nest/secure-cookie.options.js';
export { SecureCookieReader } from './nest/secure-cookie-reader.js';
export { SecureCookieService } from './nest/secure-cookie.service.js';
