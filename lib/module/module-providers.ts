import { Logger, type FactoryProvider, type Provider, type Type } from '@nestjs/common';
import { DEVICE_BINDING, type DeviceBinding } from '../jar/device-binding.js';
import { SecureCookieService } from '../nest/secure-cookie.service.js';
import { SERVICE_OPTIONS, type SecureCookieServiceOptions } from '../nest/service-options.js';
import { loadWsException, WS_EXCEPTION } from '../nest/ws-exception.js';
import type { SecureCookieRevocationSettings } from '../revocation/revocation-settings.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookiePolicy } from '../signing/policy.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { SecureCookieKeyRefresher } from './key-refresher.js';
import type { SecureCookieModuleKeys, SecureCookieModuleOptions } from './module-options.js';
import { REGISTRATION } from './registration.js';

/** What the options become, without their secret, so that no provider can inject it. */
interface ModuleParts {
  readonly createSigner: () => SecureCookieSigner | Promise<SecureCookieSigner>;
  readonly service: SecureCookieServiceOptions;
  readonly revocations: SecureCookieRevocationSettings | undefined;
}

const PARTS = Symbol('nestjs-secure-cookie parts');

/**
 * What the module provides.
 *
 * @param makeOptions - gets what was injected
 * @param inject - what Nest injects into it
 */
export function moduleProviders(
  makeOptions: (
    ...injected: readonly unknown[]
  ) => SecureCookieModuleOptions | Promise<SecureCookieModuleOptions>,
  inject: NonNullable<FactoryProvider['inject']>,
): Provider[] {
  return [
    SecureCookieKeyRefresher,
    {
      provide: PARTS,
      useFactory: async (refresher: SecureCookieKeyRefresher, ...injected: readonly unknown[]) =>
        partsOf(await makeOptions(...injected), refresher),
      inject: [SecureCookieKeyRefresher, ...inject],
    },
    { provide: REGISTRATION, useValue: crypto.randomUUID() },
    { provide: WS_EXCEPTION, useFactory: loadWsException },
    {
      provide: SERVICE_OPTIONS,
      useFactory: ({ service }: ModuleParts) => service,
      inject: [PARTS],
    },
    {
      provide: SecureCookieSigner,
      useFactory: (parts: ModuleParts) => parts.createSigner(),
      inject: [PARTS],
    },
    {
      provide: SecureCookieRevocations,
      useFactory: startRevocations,
      inject: [PARTS, SecureCookieSigner],
    },
    {
      provide: SecureCookieService,
      useFactory: createService,
      inject: [
        PARTS,
        SecureCookieSigner,
        SecureCookieRevocations,
        WS_EXCEPTION,
        { token: DEVICE_BINDING, optional: true },
      ],
    },
  ];
}

function partsOf(
  { cookie, vary, revocations, ...options }: SecureCookieModuleOptions,
  refresher: SecureCookieKeyRefresher,
): ModuleParts {
  return {
    createSigner: () => createSigner(options, refresher),
    service: { cookie, vary },
    revocations,
  };
}

function createSigner(
  options: SecureCookieModuleKeys & SecureCookiePolicy,
  refresher: SecureCookieKeyRefresher,
): SecureCookieSigner | Promise<SecureCookieSigner> {
  if (options.keys !== undefined) {
    return refresher.createSigner(options.keys, options);
  }
  const { keys: _none, ...signerOptions } = options;
  return new SecureCookieSigner(signerOptions);
}

function createService(
  { service, revocations: settings }: ModuleParts,
  signer: SecureCookieSigner,
  revocations: SecureCookieRevocations,
  wsException: Type<Error> | undefined,
  deviceBinding: DeviceBinding | undefined,
): SecureCookieService {
  const given = settings === undefined ? undefined : revocations;
  return new SecureCookieService(signer, service, given, wsException, deviceBinding);
}

async function startRevocations(
  { revocations }: ModuleParts,
  signer: SecureCookieSigner,
): Promise<SecureCookieRevocations> {
  const logger = new Logger('SecureCookieModule');
  const started = new SecureCookieRevocations(signer, revocations, logger);
  await started.start();
  return started;
}
