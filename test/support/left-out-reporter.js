/** Says at the end of the quick tests what they left out, and how to run it. */
export default class LeftOutReporter {
  onRunComplete() {
    process.stderr.write(`
These were the quick tests. Not run, with the command that runs them:
  npm run test:all        also Nest 11, GraphQL, WebSockets, Tornado, Python, Redis, caches, documents, architecture
  npm run test:package    the packed library in users' projects, and the sample as a program
  npm run test:browser    the sample's pages and the documents in Chromium
  npm run test:endurance  clients, hostile headers, key rotation, fuzzing and revocation, in short
`);
  }
}
