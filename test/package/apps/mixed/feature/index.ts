import { Injectable, Module } from '@nestjs/common';
import { SecureCookieSigner } from 'nestjs-secure-cookie';

@Injectable()
export class RememberMeService {
  constructor(readonly signer: SecureCookieSigner) {}
}

@Module({ providers: [RememberMeService], exports: [RememberMeService] })
export class RememberMeModule {}
