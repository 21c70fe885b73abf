import { CREDENTIALS, REGION } from './access.mjs';

/** Options of our clients for the server of tables. */
export function configAccess(home, endpoint) {
  return { home, footprint: 'bench', region: REGION, credentials: CREDENTIALS, endpoints: { dynamodb: endpoint, ssm: endpoint } };
}
