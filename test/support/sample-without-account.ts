import { Module } from '@nestjs/common';
import { SecureCookieModule } from 'nestjs-secure-cookie';
import { LabModule } from '../../sample/lab/lab.module.js';
import { PUBLISHED_SECRET } from '../../sample/published-secret.js';
import { ShopModule } from '../../sample/shop/shop.module.js';
import { TechnobeansController } from '../../sample/technobeans.controller.js';

/** The sample but for its account, whose GraphQL takes seconds to load. */
@Module({
  imports: [
    SecureCookieModule.forRoot({ secret: PUBLISHED_SECRET, allowWeakSecrets: true }),
    LabModule,
    ShopModule,
  ],
  controllers: [TechnobeansController],
})
export class SampleWithoutAccount {}
