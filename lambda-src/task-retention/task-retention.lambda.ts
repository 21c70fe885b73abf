import { createHandler } from './handler';
import { createMetrics } from './metrics';
import { TASK_ENVIRONMENT, TASK_RETENTION_ENVIRONMENT } from '../../lib/contract/tasks';
import { s3Client } from '../../runtime/aws/s3';
import { S3ObjectStore } from '../../runtime/stores/s3-object-store';
import { integerSetting, optionalIntegerSetting, optionalSetting, requireEnvironment } from '../shared/environment';

const CENTURY = 36_500 * 24 * 3600;
const YEAR = 365 * 24 * 3600;

const bucket = requireEnvironment(TASK_ENVIRONMENT.bucket);
const place = { region: optionalSetting(TASK_ENVIRONMENT.region), endpoint: optionalSetting(TASK_ENVIRONMENT.endpoint) };

/** Drops old results and deletes what nothing refers to, in all namespaces of all scopes of a bucket. */
export const handler = createHandler({
  bucket,
  client: s3Client({ ...place, maxAttempts: 4 }),
  store: new S3ObjectStore({ ...place, bucket }),
  maxAge: integerSetting(TASK_RETENTION_ENVIRONMENT.maxAge, { min: 1, max: CENTURY }) * 1000,
  maxBytes: optionalIntegerSetting(TASK_RETENTION_ENVIRONMENT.maxBytes, { min: 1, max: Number.MAX_SAFE_INTEGER }),
  grace: integerSetting(TASK_RETENTION_ENVIRONMENT.grace, { min: 1, max: YEAR }) * 1000,
  metrics: createMetrics(),
  now: Date.now,
});
