import { Logger, Module } from '@nestjs/common';
import { SecureCookieModule, type SecureCookieModuleOptions } from 'nestjs-secure-cookie';
import { LabModule } from './lab/lab.module.js';
import { PUBLISHED_SECRET } from './published-secret.js';
import { ShopModule } from './shop/shop.module.js';
import { TechnobeansController } from './technobeans.controller.js';

function secureCookieOptions(): SecureCookieModuleOptions {
  const secret = process.env['COOKIE_SECRET'];
  if (secret !== undefined) {
    return { secret };
  }
  new Logger('Sample').warn(
    'COOKIE_SECRET is not set: cookies are signed with the secret that the example publishes, so anyone can forge them. Never do this outside a demo.',
  );
  return { secret: PUBLISHED_SECRET, allowWeakSecrets: true };
}

@Module({
  imports: [
    SecureCookieModule.forRootAsync({ useFactory: secureCookieOptions }),
    LabModule,
    ShopModule,
  ],
  controllers: [TechnobeansController],
})
export class AppModule {}
