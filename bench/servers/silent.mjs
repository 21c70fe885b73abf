// Accepts connections and never answers.
import { createServer } from 'node:net';
import { answer } from '../harness/child.mjs';

const server = createServer((socket) => socket.on('error', () => {}).resume());
process.on('disconnect', () => process.exit());
await answer(async () => {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${server.address().port}` };
});
