import { Module } from '@nestjs/common';
import { ShopController } from './shop.controller.js';

/** A second example: a cart in a defined cookie. */
@Module({ controllers: [ShopController] })
export class ShopModule {}
