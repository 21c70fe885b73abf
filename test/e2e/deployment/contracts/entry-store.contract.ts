import { DynamoDbEntryStore } from '../../../../runtime/stores/dynamodb-entry-store';
import { describeEntryStore } from '../../../support/contracts/entry-store';
import { openS3, type S3Subject } from '../../../support/contracts/s3/subject';
import { openTable } from './table';
import { REGION, targets } from './targets';

const { ministack, radosgw } = targets();

const places = [['a table', undefined], ['a bucket of MiniStack', ministack], ['a bucket of radosgw', radosgw]] as const;

describe.each(places)('large values in %s', (where, target) => {
  let table: Awaited<ReturnType<typeof openTable>>;
  let s3: S3Subject | undefined;
  beforeAll(async () => {
    table = await openTable();
    s3 = target && await openS3({ ...target, region: REGION }, { withoutList: async () => undefined });
  });
  afterAll(async () => {
    await s3?.close();
    await table.close();
  });

  const open = () => new DynamoDbEntryStore({ client: table.client, tableName: table.tableName, bucketName: s3?.bucket, s3: s3?.client });
  describeEntryStore(`DynamoDbEntryStore, ${where},`, open, { largest: Infinity });
});
