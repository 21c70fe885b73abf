import { describeContract, type Row, type ServerName } from './contract';
import { CUSTOMER_KEY_ROWS } from './s3/customer-keys';
import { LISTING_ROWS } from './s3/listings';
import { MANY_ROWS } from './s3/many';
import { OBJECT_ROWS } from './s3/objects';
import { PAYLOAD_ROWS } from './s3/payloads';
import { PRESIGNED_ROWS } from './s3/presigned';
import { READ_ROWS } from './s3/reads';
import { openS3, type S3Access, type S3Subject, type S3SubjectOptions } from './s3/subject';
import { STREAM_ROWS } from './s3/streams';
import { UPLOAD_ROWS } from './s3/uploads';
import { CONDITIONAL_WRITE_ROWS } from './s3/writes';

export type { S3Access, S3Question, S3Subject } from './s3/subject';

/** What we rely on in S3, and what the tiers to come do. */
const S3_ROWS: readonly Row<S3Subject>[] = [
  ...OBJECT_ROWS, ...READ_ROWS, ...CONDITIONAL_WRITE_ROWS, ...CUSTOMER_KEY_ROWS, ...LISTING_ROWS, ...UPLOAD_ROWS, ...PAYLOAD_ROWS,
  ...STREAM_ROWS, ...MANY_ROWS, ...PRESIGNED_ROWS,
];

/** The list against a server, in a bucket of its own. */
export function describeS3(server: ServerName, access: () => S3Access, options: S3SubjectOptions): void {
  describe('S3', () => {
    let subject: S3Subject;
    beforeAll(async () => { subject = await openS3(access(), options); });
    afterAll(() => subject.close());

    describeContract('keeps the list', server, S3_ROWS, () => subject);
  });
}
