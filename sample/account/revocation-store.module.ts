import { Module } from '@nestjs/common';
import { RevocationStore } from './revocation-store.js';

/** For the options of SecureCookieModule, which are made before all else. */
@Module({ providers: [RevocationStore], exports: [RevocationStore] })
export class RevocationStoreModule {}
