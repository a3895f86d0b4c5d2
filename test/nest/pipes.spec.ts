import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  DefaultValuePipe,
  Get,
  Module,
  Query,
  UsePipes,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { ArrayMaxSize, IsString } from 'class-validator';
import {
  defineSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { mint } from '../support/defined-cookies.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

const Cart = defineSecureCookie('cart', { codec: 'json' });

class CartDto {
  @IsString({ each: true })
  @ArrayMaxSize(2)
  items!: string[];
}

/** What a pipe that is bound to the method is given. */
const met: string[] = [];

class MeetsAll implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    met.push(`${type} ${metatype?.name}`);
    return value;
  }
}

const describeJar = (cookies: unknown): string =>
  cookies instanceof SecureCookieJar ? `a jar: ${cookies.get('user')}` : String(cookies);

@Controller()
class PipedController {
  @Get('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): string {
    return describeJar(cookies);
  }

  @Get('two-jars')
  twoJars(
    @SecureCookies() one: SecureCookieJar,
    @Query('q') _query: string,
    @SecureCookies() other: SecureCookieJar,
  ): string {
    return `${describeJar(one)}, ${describeJar(other)}`;
  }

  jarOfTypeImport(cookies: unknown): string {
    return describeJar(cookies);
  }

  @Get('text')
  text(@SecureCookie('user') user: string): string {
    return `${typeof user}: ${user}`;
  }

  @Get('cart')
  cart(@SecureCookie(Cart) cart: CartDto): object {
    return { isDto: cart instanceof CartDto, items: cart.items };
  }

  @Get('own-pipe')
  ownPipe(
    @SecureCookie(Cart, new ValidationPipe({ validateCustomDecorators: true })) cart: CartDto,
  ): object {
    return cart.items;
  }

  @UsePipes(MeetsAll)
  @Get('method')
  method(
    @SecureCookie('user', new DefaultValuePipe('nobody')) user: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    return `${user}, ${describeJar(cookies)}`;
  }
}

// What TypeScript writes for a class that comes from `import type`, which SWC does not.
const { prototype } = PipedController;
Reflect.defineMetadata('design:paramtypes', [Function], prototype, 'jarOfTypeImport');
SecureCookies()(prototype, 'jarOfTypeImport', 0);
Get('type-import')(
  prototype,
  'jarOfTypeImport',
  Object.getOwnPropertyDescriptor(prototype, 'jarOfTypeImport') ?? {},
);

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [PipedController] })
class AppModule {}

const cartOf = (...items: unknown[]): string => mint.valid(Cart, { items } as never);

async function get({ url }: RunningApp, path: string, cookie: string) {
  const response = await fetch(`${url}/${path}`, { headers: { cookie } });
  return { status: response.status, body: await response.text() };
}

describe.each(platforms)('pipes on $platform', (platform) => {
  let validated: RunningApp;
  let plain: RunningApp;

  beforeAll(async () => {
    validated = await startApp(platform, AppModule, (app) => {
      app.useGlobalPipes(new ValidationPipe({ transform: true, validateCustomDecorators: true }));
    });
    plain = await startApp(platform, AppModule);
  });
  afterAll(async () => {
    await validated.close();
    await plain.close();
  });

  it.each([
    ['jar', 'a jar: alice'],
    ['two-jars', 'a jar: alice, a jar: alice'],
    ['type-import', 'a jar: alice'],
    ['text', 'string: alice'],
  ])(
    '/%s: a global ValidationPipe with validateCustomDecorators leaves it as it is',
    async (path, body) => {
      expect(await get(validated, path, cookieHeader('user', 'alice'))).toEqual({
        status: 200,
        body,
      });
    },
  );

  it('a global ValidationPipe with validateCustomDecorators validates and transforms values', async () => {
    expect(await get(validated, 'cart', cartOf('tea'))).toEqual({
      status: 200,
      body: '{"isDto":true,"items":["tea"]}',
    });
    expect((await get(validated, 'cart', cartOf(1))).status).toBe(400);
    expect((await get(validated, 'cart', cartOf('a', 'b', 'c'))).status).toBe(400);
  });

  it('without validateCustomDecorators it validates no value', async () => {
    expect(await get(plain, 'cart', cartOf(1))).toEqual({
      status: 200,
      body: '{"isDto":false,"items":[1]}',
    });
  });

  it('a ValidationPipe of the parameter validates its value', async () => {
    expect(await get(plain, 'own-pipe', cartOf('tea'))).toEqual({ status: 200, body: '["tea"]' });
    expect((await get(plain, 'own-pipe', cartOf(1))).status).toBe(400);
  });

  it('a pipe of the method meets every parameter, the jar included, before its own pipes', async () => {
    met.length = 0;

    expect(await get(plain, 'method', cookieHeader('user', 'alice'))).toEqual({
      status: 200,
      body: 'alice, a jar: alice',
    });
    expect(met.toSorted()).toEqual(['custom Object', 'custom String']);
  });
});

const typesOf = (type: Type, method: string): unknown =>
  Reflect.getMetadata('design:paramtypes', type.prototype, method);

describe('the class of a parameter that takes a jar', () => {
  it('is Object to pipes; those of its neighbours stay', () => {
    expect(typesOf(PipedController, 'twoJars')).toEqual([Object, String, Object]);
    expect(typesOf(PipedController, 'method')).toEqual([String, Object]);
  });

  class Parent {
    @Get()
    jar(@SecureCookies() cookies: SecureCookieJar): string {
      return describeJar(cookies);
    }
  }

  class Child extends Parent {
    override jar(cookies: SecureCookieJar): string {
      return super.jar(cookies);
    }
  }

  it('may be inherited', () => {
    expect(typesOf(Child, 'jar')).toEqual([Object]);
  });
});
