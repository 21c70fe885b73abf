import { CREDENTIALS, REGION } from './access.mjs';
import { start } from './children.mjs';

/**
 * Runs `use` with an embedded DynamoDB of its own.
 *
 * @template T
 * @param {(server: { access: object, counts: () => Promise<Record<string, number>> }) => Promise<T>} use
 *   `counts` gives requests by operation since it was last asked
 */
export async function withServer(client, use, script = 'servers/dynamodb.mjs') {
  const server = start(script);
  try {
    const { endpoint } = await server.message();
    const counts = () => {
      server.send('counts');
      return server.message();
    };
    return await use({ access: accessTo(endpoint, client), counts });
  } finally {
    await server.end();
  }
}

export function accessTo(endpoint, client) {
  // Two cores serve client and server: a budget that a busy moment uses up would measure the bypass instead.
  return { endpoint, region: REGION, credentials: CREDENTIALS, client, budget: '2s' };
}
