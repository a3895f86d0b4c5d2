import { applyDecorators, Header } from '@nestjs/common';

/** The headers of a page: what it is, what it may do, and what other pages may not. */
export function PageHeaders(contentSecurityPolicy: string): MethodDecorator {
  return applyDecorators(
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', contentSecurityPolicy),
    Header('Cross-Origin-Opener-Policy', 'same-origin'),
    Header('Referrer-Policy', 'no-referrer'),
    Header('X-Content-Type-Options', 'nosniff'),
  );
}
