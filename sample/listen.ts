import { Logger, type INestApplication } from '@nestjs/common';

/** Serves the app at `HOST` and `PORT` until SIGTERM or SIGINT, which end it with exit code 0. */
export async function listen(app: INestApplication): Promise<void> {
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(process.env['PORT'] ?? 3000, process.env['HOST'] ?? '127.0.0.1');
  new Logger('Sample').log(`Listening on ${await app.getUrl()}`);
}
