const SCOPE = 'tenant-1';

/** The client, and a query by its name. */
export async function openClient({ live, access, options = {} }) {
  const { LiveClient } = await import(live);
  const { bucket, endpoint, region, credentials, indexUrl, masterKey, insecure } = access;
  // Two cores serve client and servers here: a budget that a busy moment uses up would measure the bypass instead.
  const client = new LiveClient({
    bucket, endpoint, region, credentials, indexUrl, masterKey, insecure, env: {}, ttl: '2h', indexTimeout: '5s', ...options,
  });
  await client.connect();
  return { client, query: (key, execute) => client.query({ scope: SCOPE, key }, execute) };
}
