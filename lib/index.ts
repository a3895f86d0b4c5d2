export { SecureCookieError, type SecureCookieErrorCode } from './errors.js';
export type { SecureCookieDatedSecret } from './signing/key-dates.js';
export type {
  SecureCookieDatedKeyRecord,
  SecureCookieKeyRecord,
  SecureCookieKeys,
} from './signing/key-ring.js';
export type { SecureCookieSecret } from './signing/secret.js';
export type { SecureCookieVersion } from './signing/opened-value.js';
export type { SecureCookiePolicy } from './signing/policy.js';
export type { SecureCookieSignOptions } from './signing/sign-value.js';
export type {
  SecureCookieEncodedValue,
  SecureCookieEncoding,
  SecureCookieVerifyOptions,
} from './signing/judge-value.js';
export type {
  SecureCookieRejectedEvent,
  SecureCookieVerifiedEvent,
} from './signing/read-events.js';
export { SecureCookieSigner } from './signing/secure-cookie-signer.js';
export type { SecureCookieSignerOptions } from './signing/signer-options.js';
export type {
  SecureCookieRejectedValue,
  SecureCookieRejection,
  SecureCookieVerifiedValue,
  SecureCookieVerifyResult,
} from './signing/verify-result.js';
export type {
  SecureCookieAcceptedCookie,
  SecureCookieAcceptedFormat,
  SecureCookieAcceptedPayload,
  SecureCookieNameBindingFormat,
} from './accepts/accepted-format.js';
export type { SecureCookieJsonValue, SecureCookieCodec } from './definition/codec.js';
export {
  cookieSignature,
  type SecureCookieSignatureFormatOptions,
} from './accepts/cookie-signature.js';
export type {
  SecureCookieAcceptedValue,
  SecureCookieDefinedResult,
  SecureCookieDefinedValue,
} from './jar/read-defined-cookie.js';
export {
  defineSecureCookie,
  SecureCookieDefinition,
  type SecureCookieInput,
  type SecureCookieValue,
} from './definition/secure-cookie-definition.js';
export type { SecureCookieDeviceBoundOptions } from './definition/device-bound-option.js';
export type { SecureCookieDomainOf, SecureCookieFormerPlace } from './definition/cookie-places.js';
export type {
  SecureCookieDefinitionOptions,
  SecureCookieRenewalOptions,
  SecureCookieRevocableOptions,
} from './definition/definition-options.js';
export type {
  SecureCookieStandardSchema,
  SecureCookieStandardSchemaIssue,
  SecureCookieStandardSchemaResult,
} from './definition/standard-schema.js';
export { tornadoV1, type SecureCookieTornadoV1Options } from './accepts/tornado-v1.js';
export { memoryRevocations } from './revocation/memory-revocations.js';
export {
  redisRevocations,
  type SecureCookieRedisRevocationsOptions,
} from './revocation/redis-revocations.js';
export type {
  SecureCookieRevocationsAppliedEvent,
  SecureCookieRevocationsStaleEvent,
} from './revocation/revocation-events.js';
export type { SecureCookieRevocationMark } from './revocation/revocation-mark.js';
export type { SecureCookieRevocationSettings } from './revocation/revocation-settings.js';
export type {
  SecureCookieRevocationPage,
  SecureCookieRevocationSource,
} from './revocation/revocation-source.js';
export { SecureCookieRevocations } from './revocation/secure-cookie-revocations.js';
export type { SecureCookieAttributes } from './http/set-cookie.js';
export type { SecureCookieKeyProvider } from './signing/key-provider.js';
export {
  RequireSecureCookie,
  SecureCookie,
  SecureCookies,
  type SecureCookieDefinedParamOptions,
  type SecureCookieParamOptions,
} from './nest/secure-cookie.decorators.js';
export type { SecureCookiePipe } from './nest/pipes.js';
export { withHandshakes } from './exchange/handshakes.js';
export type {
  SecureCookieDefinedRequirementOptions,
  SecureCookieReadOptions,
} from './nest/requirements.js';
export { SecureCookieGuard } from './nest/secure-cookie.guard.js';
export { SecureCookieInterceptor } from './nest/secure-cookie.interceptor.js';
export type { SecureCookieLogger } from './secure-cookie-logger.js';
export { SecureCookieJar } from './jar/secure-cookie-jar.js';
export type {
  SecureCookieJarOptions,
  SecureCookieSetOptions,
} from './jar/secure-cookie-jar-options.js';
export { SecureCookieModule } from './module/secure-cookie.module.js';
export {
  type SecureCookieModuleAsyncOptions,
  type SecureCookieModuleInput,
  type SecureCookieModuleKeys,
  type SecureCookieModuleOptions,
  type SecureCookieModuleScope,
  type SecureCookieOptionsFactory,
} from './module/module-options.js';
export { SecureCookieReader, type SecureCookieReaderOptions } from './jar/secure-cookie-reader.js';
export type { SecureCookieServiceOptions } from './nest/service-options.js';
export { SecureCookieService } from './nest/secure-cookie.service.js';
