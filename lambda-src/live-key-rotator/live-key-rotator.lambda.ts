import { randomBytes, randomUUID } from 'node:crypto';
import { createHandler } from './handler';
import { LIVE_ENVIRONMENT, LIVE_HANDLER_ENVIRONMENT, LIVE_SECRET } from '../../lib/contract/live';
import { secretsManagerClient } from '../../runtime/aws/secrets-manager';
import { integerSetting, requireEnvironment } from '../shared/environment';

const YEAR = 366 * 24 * 3600;

/** Steps of a rotation of the master keys, and the removal of those that nothing needs any more. */
export const handler = createHandler({
  client: secretsManagerClient({ maxAttempts: 4 }),
  secretArn: requireEnvironment(LIVE_ENVIRONMENT.keySecret),
  retention: integerSetting(LIVE_HANDLER_ENVIRONMENT.keyRetention, { min: 1, max: YEAR }) * 1000,
  now: Date.now,
  newKey: () => randomBytes(LIVE_SECRET.keyLength * 3 / 4).toString('base64url'),
  newToken: randomUUID,
});
