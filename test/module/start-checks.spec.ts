import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Scope,
  SetMetadata,
  UseGuards,
  type ExecutionContext,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieGuard,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { platforms, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';
import { startTestingApp } from '../support/testing-app.js';
import { thrownBy } from '../support/thrown-by.js';

type Method = (...parameters: unknown[]) => unknown;

/** Wraps a method, as decorators for traces, time limits and transactions do. */
const wrap = (method: Method): Method =>
  function wrapped(this: unknown, ...parameters) {
    return method.apply(this, parameters);
  };

/** Replaces the function, and drops what was written on it. */
function Traced(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    descriptor.value = wrap(descriptor.value);
  };
}

/** The same, and copies what `takes` takes. */
function TracedWith(takes: (key: unknown) => boolean): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    const original: Method = descriptor.value;
    descriptor.value = wrap(original);
    for (const key of Reflect.getMetadataKeys(original).filter(takes)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, original), descriptor.value);
    }
  };
}

/** Copies all metadata of a method to its replacement. */
function withMetadataOf<Replacement extends object>(
  original: object,
  replacement: Replacement,
): Replacement {
  for (const key of Reflect.getMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), replacement);
  }
  return replacement;
}

/** Replaces the function by a proxy, which has no metadata either. */
function Proxied(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    descriptor.value = new Proxy(descriptor.value, {});
  };
}

/** Replaces the class by a function that shares its prototype: a TypeScript idiom of old. */
function ReplacedClass(): ClassDecorator {
  return (target: object) => {
    const original = target as Type;
    const replacement = function replacement(...parameters: unknown[]) {
      return Reflect.construct(original, parameters);
    };
    replacement.prototype = original.prototype;
    return replacement as never;
  };
}

/** Replaces the class by a subclass. */
function ExtendedClass(): ClassDecorator {
  return (target: object) => {
    class Extended extends (target as Type) {}
    return Extended as never;
  };
}

function startWith(
  component: Type,
  as: 'controllers' | 'providers' = 'controllers',
): Promise<RunningApp> {
  const metadata: ModuleMetadata = {
    imports: [SecureCookieModule.forRoot(SECRET)],
    [as]: [component],
  };
  return startTestingApp(platforms[0], metadata);
}

const start = async (component: Type, as?: 'controllers' | 'providers'): Promise<string> => {
  const running = await startWith(component, as);
  await running.close();
  return 'started';
};

describe('a guard that is bound by hand to what requires nothing', () => {
  @UseGuards(SecureCookieGuard)
  @Controller()
  class OnClass {
    @Get()
    open(): string {
      return 'in';
    }
  }

  @Controller()
  class OnHandler {
    @UseGuards(SecureCookieGuard)
    @Get()
    open(): string {
      return 'in';
    }
  }

  @Controller()
  class AsInstance {
    @UseGuards(new SecureCookieGuard())
    @Get()
    open(): string {
      return 'in';
    }
  }

  class NamedAnew extends SecureCookieGuard {}

  @Controller()
  class AsSubclass {
    @UseGuards(NamedAnew)
    @Get()
    open(): string {
      return 'in';
    }
  }

  @UseGuards(SecureCookieGuard)
  @Controller()
  class OneHandlerOnly {
    @RequireSecureCookie('user')
    @Get('closed')
    closed(): string {
      return 'in';
    }

    @Get()
    open(): string {
      return 'in';
    }
  }

  @Controller()
  class Inherited extends OnClass {}

  /** What a resolver and a gateway are to Nest: a provider with decorated methods. */
  @UseGuards(SecureCookieGuard)
  @Injectable()
  class Provider {
    @SetMetadata('graphql:resolver_type', 'Query')
    open(): string {
      return 'in';
    }
  }

  it.each<[string, Type, 'controllers' | 'providers']>([
    ['OnClass.open', OnClass, 'controllers'],
    ['OnHandler.open', OnHandler, 'controllers'],
    ['AsInstance.open', AsInstance, 'controllers'],
    ['AsSubclass.open', AsSubclass, 'controllers'],
    ['OneHandlerOnly.open', OneHandlerOnly, 'controllers'],
    ['Inherited.open', Inherited, 'controllers'],
    ['Provider.open', Provider, 'providers'],
  ])('%s does not start, and the message names it', async (name, component, as) => {
    await expect(start(component, as)).rejects.toMatchObject({
      code: 'option',
      message: expect.stringContaining(`is bound to ${name}, which requires no cookie`),
    });
  });

  @RequireSecureCookie('user')
  @UseGuards(SecureCookieGuard)
  @Controller()
  class ClassRequires {
    @UseGuards(SecureCookieGuard)
    @Get()
    closed(): string {
      return this.helper();
    }

    helper(): string {
      return 'in';
    }
  }

  @UseGuards(SecureCookieGuard)
  @Controller()
  class EachHandlerRequires {
    @RequireSecureCookie('user')
    @Get()
    closed(): string {
      return this.helper();
    }

    helper(): string {
      return 'in';
    }
  }

  class DecidesForItself extends SecureCookieGuard {
    override canActivate(context: ExecutionContext): boolean {
      return context.getHandler().name === 'other' && super.canActivate(context);
    }
  }

  @Controller()
  class AnotherGuard {
    @UseGuards(DecidesForItself)
    @Get()
    closed(): string {
      return 'in';
    }
  }

  it.each<[string, Type]>([
    ['the class requires a cookie', ClassRequires],
    ['every handler requires one, and helpers do not count', EachHandlerRequires],
    ['the guard is a subclass that decides for itself', AnotherGuard],
  ])('starts where %s', async (_what, component) => {
    await expect(start(component)).resolves.toBe('started');
  });
});

describe('a requirement that was lost on the way', () => {
  @Controller()
  class Wrapped {
    @Get()
    @Traced()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class WrappedByProxy {
    @Get()
    @Proxied()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class OneOfTwo {
    @Get()
    @RequireSecureCookie('user')
    @Traced()
    @RequireSecureCookie('admin')
    closed(): string {
      return 'in';
    }
  }

  @RequireSecureCookie('user')
  @Controller()
  class OneBesideTheClass {
    @Get()
    @Traced()
    @RequireSecureCookie('admin')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class WithoutGuard {
    @Get()
    @TracedWith((key) => typeof key === 'symbol')
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class WithGuardAlone {
    @Get()
    @TracedWith((key) => typeof key === 'string')
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class BoundByConstructor {
    constructor() {
      this.closed = this.closed.bind(this);
    }

    @Get()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  class Parent {
    @Traced()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class Child extends Parent {}

  @Injectable()
  class Provider {
    @SetMetadata('graphql:resolver_type', 'Query')
    @Traced()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller({ scope: Scope.REQUEST })
  class RequestScoped {
    @Get()
    @Traced()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  @ReplacedClass()
  @RequireSecureCookie('user')
  class Class {
    @Get()
    closed(): string {
      return 'in';
    }
  }

  it.each<[string, Type, 'controllers' | 'providers']>([
    ['Wrapped.closed', Wrapped, 'controllers'],
    ['WrappedByProxy.closed', WrappedByProxy, 'controllers'],
    ['OneOfTwo.closed', OneOfTwo, 'controllers'],
    ['OneBesideTheClass.closed', OneBesideTheClass, 'controllers'],
    ['WithoutGuard.closed', WithoutGuard, 'controllers'],
    ['WithGuardAlone.closed', WithGuardAlone, 'controllers'],
    ['BoundByConstructor.closed', BoundByConstructor, 'controllers'],
    ['Child.closed', Child, 'controllers'],
    ['Provider.closed', Provider, 'providers'],
    ['RequestScoped.closed', RequestScoped, 'controllers'],
    ['replacement', Class, 'controllers'],
  ])('%s does not start, and the message names it', async (name, component, as) => {
    await expect(start(component, as)).rejects.toMatchObject({
      code: 'requirement-lost',
      message: expect.stringContaining(`${name} has lost its @RequireSecureCookie()`),
    });
  });

  @Controller()
  class Copied {
    @Get()
    @TracedWith(() => true)
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class WrappedBelow {
    @Get()
    @RequireSecureCookie('user')
    @Traced()
    closed(): string {
      return 'in';
    }
  }

  class Closed {
    @Get()
    @RequireSecureCookie('user')
    closed(): string {
      return 'in';
    }
  }

  @Controller()
  class Inheriting extends Closed {}

  @Controller()
  class ClosedAnew extends Closed {
    @Get()
    @RequireSecureCookie('user')
    override closed(): string {
      return 'in';
    }
  }

  @Controller()
  @ExtendedClass()
  @RequireSecureCookie('user')
  class ExtendedLater {
    @Get()
    closed(): string {
      return 'in';
    }
  }

  it.each<[string, Type]>([
    ['the wrapper copies the metadata', Copied],
    ['the wrapper stands below', WrappedBelow],
    ['the method is inherited', Inheriting],
    ['an override asks again', ClosedAnew],
    ['a class decorator extends the class', ExtendedLater],
  ])('is not seen where %s: it starts, and answers 401', async (_what, component) => {
    const { url, close } = await startWith(component);
    const statuses = await Promise.all(
      ['', cookieHeader('user', 'alice')].map(
        async (cookie) => (await fetch(url, { headers: { cookie } })).status,
      ),
    );
    await close();

    expect(statuses).toEqual([401, 200]);
  });

  @Controller()
  class Opened extends Closed {
    @Get()
    override closed(): string {
      return 'in';
    }
  }

  it('an override that asks for nothing has lost nothing: it is another method', async () => {
    const { url, close } = await startWith(Opened);
    const { status } = await fetch(url);
    await close();

    expect(status).toBe(200);
  });

  @Controller({ scope: Scope.REQUEST })
  class BoundForEachRequest {
    constructor() {
      this.bound = this.bound.bind(this);
      const copied = this.copied.bind(this);
      this.copied = withMetadataOf(Reflect.get(BoundForEachRequest.prototype, 'copied'), copied);
    }

    @Get('bound')
    @RequireSecureCookie('user')
    bound(): string {
      return 'in';
    }

    @Get('copied')
    @RequireSecureCookie('user')
    copied(): string {
      return 'in';
    }

    @Get('kept')
    @RequireSecureCookie('user')
    kept(): string {
      return 'in';
    }

    @Get('open')
    open(): string {
      return 'in';
    }
  }

  @Controller({ path: 'child', scope: Scope.REQUEST })
  class ChildForEachRequest extends BoundForEachRequest {
    override open(): string {
      return 'in';
    }
  }

  it.each<[string, Type, readonly string[]]>([
    ['its own', BoundForEachRequest, ['bound', 'copied', 'kept', 'open']],
    ['inherited', ChildForEachRequest, ['child/bound', 'child/copied', 'child/kept']],
  ])(
    'is refused at the request where only the constructor for that request shows it: %s',
    async (_what, component, paths) => {
      const { url, close } = await startWith(component);
      const statuses = await Promise.all(
        paths.map(async (path) => (await fetch(`${url}/${path}`)).status),
      );
      await close();

      expect(statuses).toEqual([500, 401, 401, 200].slice(0, paths.length));
    },
  );

  it('is an error at once for an accessor, which Nest never calls', () => {
    const accessor: PropertyDescriptor = { configurable: true, get: () => () => 'in' };

    expect(thrownBy(() => RequireSecureCookie('user')({}, 'closed', accessor))).toMatchObject({
      code: 'option',
      message: expect.stringContaining('"closed" is an accessor'),
    });
  });
});

describe('parameters below a decorator that replaces the function', () => {
  @Controller()
  class Wrapped {
    @Get()
    @Traced()
    required(
      @SecureCookie('user', { required: true }) user: string,
      @SecureCookies() cookies: SecureCookieJar,
    ): string {
      cookies.set('seen', 'yes');
      return user;
    }
  }

  it('are kept, because they are noted on the class', async () => {
    const { url, close } = await startWith(Wrapped);
    const [without, withCookie] = await Promise.all(
      ['', cookieHeader('user', 'alice')].map((cookie) => fetch(url, { headers: { cookie } })),
    );
    await close();

    expect(without?.status).toBe(401);
    expect(await withCookie?.text()).toBe('alice');
    expect(withCookie?.headers.getSetCookie()).toEqual([expect.stringMatching(/^seen=2\|/)]);
  });
});

/** Called as a function, and so not one of the app's components. */
function factory(): object {
  return {};
}
UseGuards(SecureCookieGuard)(factory);
factory.prototype.open = SetMetadata('role', 'any')(() => 'in');

describe('providers that are no classes', () => {
  it('are passed over', async () => {
    const { close } = await startTestingApp(platforms[0], {
      imports: [SecureCookieModule.forRoot(SECRET)],
      providers: [
        { provide: 'factory', useFactory: factory },
        { provide: 'nothing', useValue: null },
        { provide: 'alias', useExisting: 'factory' },
      ],
    });

    await expect(close()).resolves.toBeUndefined();
  });
});
