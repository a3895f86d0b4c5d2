import { Logger, Module } from '@nestjs/common';
import { SecureCookieModule, type SecureCookieModuleOptions } from 'nestjs-secure-cookie';
import { AccountModule } from './account/account.module.js';
import { RevocationStore } from './account/revocation-store.js';
import { RevocationStoreModule } from './account/revocation-store.module.js';
import { LabModule } from './lab/lab.module.js';
import { PUBLISHED_SECRET } from './published-secret.js';
import { ShopModule } from './shop/shop.module.js';
import { TechnobeansController } from './technobeans.controller.js';

async function secureCookieOptions(store: RevocationStore): Promise<SecureCookieModuleOptions> {
  const revocations = { source: await store.open(), refreshEvery: 2, maxStale: 60 };
  const secret = process.env['COOKIE_SECRET'];
  if (secret !== undefined) {
    return { secret, revocations };
  }
  new Logger('Sample').warn(
    'COOKIE_SECRET is not set: cookies are signed with the secret that the example publishes, so anyone can forge them. Never do this outside a demo.',
  );
  return { secret: PUBLISHED_SECRET, allowWeakSecrets: true, revocations };
}

@Module({
  imports: [
    SecureCookieModule.forRootAsync({
      imports: [RevocationStoreModule],
      inject: [RevocationStore],
      useFactory: secureCookieOptions,
    }),
    LabModule,
    ShopModule,
    AccountModule,
  ],
  controllers: [TechnobeansController],
})
export class AppModule {}
