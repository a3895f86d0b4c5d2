import { subscribe } from 'node:diagnostics_channel';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { SECRET } from '../support/secrets.js';

// What an app does whose subscriber throws. Given `handled`, it survives its uncaught exceptions.

if (process.argv[2] === 'handled') {
  process.on('uncaughtException', (error) => console.log(`uncaught: ${error.message}`));
}
for (const name of ['nestjs-secure-cookie:verified', 'nestjs-secure-cookie:rejected']) {
  subscribe(name, () => {
    throw new Error(`the subscriber of ${name}`);
  });
}
const signer = new SecureCookieSigner({ secret: SECRET });
console.log(`read: ${signer.unsign('user', signer.sign('user', 'alice'))}`);
console.log(`read: ${signer.verify('user', 'forged').valid}`);
setImmediate(() => console.log('still running'));
