import { Module } from '@nestjs/common';
import { LabController } from './lab.controller.js';
import { LabKeys } from './lab-keys.js';

/** The cookie lab at `/lab`: one signed cookie, to be looked at and tampered with. */
@Module({ controllers: [LabController], providers: [LabKeys] })
export class LabModule {}
