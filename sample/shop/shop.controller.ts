import {
  BadRequestException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
} from '@nestjs/common';
import {
  SecureCookie,
  SecureCookieJar,
  SecureCookies,
  type SecureCookieValue,
} from 'nestjs-secure-cookie';
import { Cart, CartContent } from './cart.js';

type CartValue = SecureCookieValue<typeof Cart>;

const EMPTY: CartValue = { items: [] };

@Controller('shop/cart')
export class ShopController {
  @Get()
  show(@SecureCookie(Cart) cart: CartValue | undefined): CartValue {
    return cart ?? EMPTY;
  }

  @Post(':article')
  add(
    @Param('article') article: string,
    @SecureCookie(Cart) cart: CartValue | undefined,
    @SecureCookies() cookies: SecureCookieJar,
  ): CartValue {
    const { items } = cart ?? EMPTY;
    const count = 1 + (items.find((item) => item.article === article)?.count ?? 0);
    const others = items.filter((item) => item.article !== article);
    const filled = CartContent.safeParse({ items: [...others, { article, count }] });
    if (!filled.success) {
      throw new BadRequestException('The cart is full, or there is no such article.');
    }
    cookies.set(Cart, filled.data);
    return filled.data;
  }

  @Delete()
  @HttpCode(204)
  empty(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.clear(Cart);
  }
}
