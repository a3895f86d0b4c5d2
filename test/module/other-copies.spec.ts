import 'reflect-metadata';
import { Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { SecureCookieModule, SecureCookieSigner } from 'nestjs-secure-cookie';
import { RecordedLog } from '../support/recorded-log.js';

const SECRET = 'other copies: a secret of 32 bytes or more';

const CAUSE =
  'This app holds two builds or two copies of nestjs-secure-cookie, and Nest takes their classes for different ones. In a bundle, set the condition "module-sync" for the bundler; otherwise install the package once (npm ls nestjs-secure-cookie).';

/** Classes of another copy of the package, named as here. A bundler numbers the second of one name. */
const other = { SecureCookieSigner: class {} };
const bundled = { SecureCookieService2: class {} };

@Injectable()
class ByType {
  constructor(readonly signer: SecureCookieSigner) {}
}
Reflect.defineMetadata('design:paramtypes', [other.SecureCookieSigner], ByType);

@Injectable()
class ByToken {
  constructor(@Inject(bundled.SecureCookieService2) readonly service: unknown) {}
}

const FACTORY = {
  provide: 'cookies',
  useFactory: (signer: unknown) => signer,
  inject: [other.SecureCookieSigner],
};

/** Another copy's registration, with the key that all copies share. */
@Module({})
class OtherModule {}
const REGISTRATION = {
  provide: Symbol.for('nestjs-secure-cookie registration'),
  useValue: 'of the other copy',
};

async function start(metadata: ModuleMetadata): Promise<string[]> {
  const log = new RecordedLog();
  const testing = await Test.createTestingModule(metadata)
    .setLogger(log)
    .compile()
    .catch(() => undefined);
  await testing?.close();
  return log.lines;
}

describe('an app that holds two copies of the package', () => {
  it.each([
    { title: 'by its type', provider: ByType, name: 'ByType' },
    { title: 'by @Inject()', provider: ByToken, name: 'ByToken' },
    { title: 'into a factory', provider: FACTORY, name: 'cookies' },
  ])('is told the cause where a class of the other is injected $title', async (injection) => {
    @Module({ providers: [injection.provider] })
    class FeatureModule {}

    for (const imports of [
      [SecureCookieModule.forRoot(SECRET), FeatureModule],
      [FeatureModule, SecureCookieModule.forRoot(SECRET)],
    ]) {
      expect(await start({ imports })).toEqual([
        `error: module-missing: ${injection.name}: ${CAUSE}`,
      ]);
    }
  });

  it('is told nothing where the app provides that class itself', async () => {
    const providers = [ByType, { provide: other.SecureCookieSigner, useValue: {} }];

    expect(await start({ imports: [SecureCookieModule.forRoot(SECRET)], providers })).toEqual([]);
  });

  it('is told nothing where there is one copy', async () => {
    @Injectable()
    class Own {
      constructor(@Inject(SecureCookieSigner) readonly signer: SecureCookieSigner) {}
    }

    expect(
      await start({ imports: [SecureCookieModule.forRoot(SECRET)], providers: [Own] }),
    ).toEqual([]);
  });

  it('does not start where only the other one was given a secret', async () => {
    const registered = { module: OtherModule, providers: [REGISTRATION] };
    const testing = await Test.createTestingModule({ imports: [registered, SecureCookieModule] })
      .setLogger(new RecordedLog())
      .compile();

    await expect(testing.createNestApplication().init()).rejects.toMatchObject({
      code: 'module-missing',
      message: CAUSE,
    });
  });

  it("does not start with a secret for each of them: 'module-twice'", async () => {
    const registered = { module: OtherModule, providers: [REGISTRATION] };
    const testing = await Test.createTestingModule({
      imports: [registered, SecureCookieModule.forRoot(SECRET)],
    })
      .setLogger(new RecordedLog())
      .compile();

    await expect(testing.createNestApplication().init()).rejects.toMatchObject({
      code: 'module-twice',
    });
  });
});
