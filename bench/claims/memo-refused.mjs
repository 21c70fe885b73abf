import { createServer } from 'node:net';
import { faults } from '../harness/faults.mjs';
import { accessTo } from '../harness/server.mjs';

/** Nothing listens where the table's server should be. */
export async function run(context) {
  return faults(context, accessTo(`http://127.0.0.1:${await closedPort()}`, context.client), { claim: 'memo-refused', what: 'Refused connection' });
}

async function closedPort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
