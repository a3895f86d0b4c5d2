import type { Server } from 'node:net';

/** Lets a server listen on a free port of the loopback interface, and gives that port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server does not listen on TCP.');
  }
  return address.port;
}
