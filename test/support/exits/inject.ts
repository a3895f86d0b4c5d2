/**
 * Sends each exit through Fastify's `inject`, with our cookie and without, and prints what came back
 * as JSON. A program of its own: `inject` fails under Jest on Node 20.
 */
import 'reflect-metadata';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SecureCookieService } from 'nestjs-secure-cookie';
import { exits, type ExitResponse } from './exits.js';
import { ExitsModule } from './exits.module.js';
import { IdleService } from './idle-service.js';
import { addOtherParties } from './other-parties.js';

async function injectExits(
  service: typeof SecureCookieService,
): Promise<Map<string, ExitResponse>> {
  const testing = await Test.createTestingModule({ imports: [ExitsModule] })
    .overrideProvider(SecureCookieService)
    .useClass(service)
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    logger: false,
  });
  await addOtherParties(app);
  await app.init();
  const responses = new Map<string, ExitResponse>();
  for (const { exit, path: url, method = 'GET', headers = {}, body: payload = '' } of exits) {
    const {
      statusCode,
      headers: received,
      body,
    } = await app.inject({ url, method, headers, payload });
    const setCookies = [received['set-cookie'] ?? []].flat();
    responses.set(exit, { status: statusCode, setCookies, body });
  }
  await app.close();
  return responses;
}

const responses = await injectExits(SecureCookieService);
const without = await injectExits(IdleService);
process.stdout.write(JSON.stringify({ responses: [...responses], without: [...without] }));
