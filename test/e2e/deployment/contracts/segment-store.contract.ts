import { randomBytes } from 'node:crypto';
import { S3SegmentStore } from '../../../../runtime/live/segments/s3-segment-store';
import { describeSegmentStore } from '../../../support/contracts/segment-store';
import { ask } from '../../../support/contracts/signed-http';
import { REGION, targets } from './targets';

describe.each(['ministack', 'radosgw'] as const)('%s', (name) => {
  const access = { ...targets()[name], region: REGION };
  const bucket = `segments-${randomBytes(6).toString('hex')}`;
  beforeAll(async () => { expect((await ask(access, 's3', { method: 'PUT', path: bucket })).status).toBe(200); });
  afterAll(async () => { expect((await ask(access, 's3', { method: 'DELETE', path: bucket })).status).toBe(204); });

  describeSegmentStore(name, () => new S3SegmentStore({ ...access, bucket, insecure: true }));
});
