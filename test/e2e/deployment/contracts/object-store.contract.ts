import { randomBytes } from 'node:crypto';
import { S3ObjectStore } from '../../../../runtime/stores/s3-object-store';
import { describeObjectStore, S3_OBJECT_STORE_ROWS } from '../../../support/contracts/object-store';
import { ask } from '../../../support/contracts/signed-http';
import { REGION, targets } from './targets';

describe.each(['ministack', 'radosgw'] as const)('%s', (name) => {
  const access = { ...targets()[name], region: REGION };
  const bucket = `objects-${randomBytes(6).toString('hex')}`;
  beforeAll(async () => { expect((await ask(access, 's3', { method: 'PUT', path: bucket })).status).toBe(200); });
  afterAll(async () => { expect((await ask(access, 's3', { method: 'DELETE', path: bucket })).status).toBe(204); });

  describeObjectStore(name, () => new S3ObjectStore({ ...access, bucket }), S3_OBJECT_STORE_ROWS);
});
