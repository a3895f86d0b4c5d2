import { Logger, type INestApplication } from '@nestjs/common';
import { configure } from './configure.js';

/** What there is to see. */
const PLACES = {
  '/': 'Tornado’s example, which greets',
  '/user/': 'and recognises its cookie',
  '/lab': 'a signed cookie, taken apart and tampered with',
  '/shop/cart': 'a cart in an encrypted cookie, as JSON',
  '/account': 'a session that can be ended, here and everywhere',
};

/** Serves the app at `HOST` and `PORT` until SIGTERM or SIGINT, which end it with exit code 0. */
export async function listen(app: INestApplication): Promise<void> {
  configure(app);
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(process.env['PORT'] ?? 3000, process.env['HOST'] ?? '127.0.0.1');
  const logger = new Logger('Sample');
  const url = await app.getUrl();
  logger.log(`Listening on ${url}`);
  for (const [path, what] of Object.entries(PLACES)) {
    logger.log(`${url}${path}  ${what}`);
  }
}
