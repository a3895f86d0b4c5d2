// Loaded before a server: tells whoever connects to its port how much processor time the process has
// taken so far, in microseconds.
import { once } from 'node:events';
import { createServer } from 'node:net';

const server = createServer((socket) => {
  const { user, system } = process.cpuUsage();
  socket.end(String(user + system));
});
server.listen(0, '127.0.0.1').unref();
await once(server, 'listening');
console.log(`Processor time on ${server.address().port}`);
