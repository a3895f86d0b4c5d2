import { defineSecureCookie } from 'nestjs-secure-cookie';
import { z } from 'zod';

/** What fits into a cookie. */
export const CartContent = z.object({
  items: z
    .array(z.object({ article: z.string().max(40), count: z.number().int().positive() }))
    .max(20),
});

/** A shopping cart that lives in the browser alone: validated, hidden, and renewed while it is used. */
export const Cart = defineSecureCookie('cart', {
  schema: CartContent,
  path: '/shop',
  encrypt: true,
  maxAge: 7 * 86_400,
  renewAfter: 86_400,
  renew: true,
  absoluteMaxAge: 60 * 86_400,
});
