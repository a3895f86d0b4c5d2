import type { AddressInfo } from 'node:net';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { Platform, RunningApp } from './platforms.js';

/**
 * Starts an app as a user's own test does, with `Test.createTestingModule` and its overrides.
 * `configure` runs before it is initialized, for what `main.ts` would do.
 */
export async function startTestingApp(
  { adapter }: Pick<Platform, 'adapter'>,
  metadata: ModuleMetadata,
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
  configure: (app: INestApplication) => void | Promise<void> = () => undefined,
): Promise<RunningApp> {
  const testing = await override(Test.createTestingModule(metadata)).compile();
  const app = testing.createNestApplication(adapter(), { logger: false });
  await configure(app);
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
