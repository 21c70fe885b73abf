import { S3ObjectStore } from '../../../runtime/stores/s3-object-store';
import { describeObjectStore, S3_OBJECT_STORE_ROWS } from '../../support/contracts/object-store';
import { startS3, type S3Server } from '../../support/s3-server';

describe.each(['http', 'https'])('over %s', (protocol) => {
  let server: S3Server;
  beforeAll(async () => { server = await startS3({ tls: protocol === 'https' }); });
  afterAll(() => server.close());

  describeObjectStore('embedded', () => new S3ObjectStore({ ...server.clientConfig, bucket: server.bucket }), S3_OBJECT_STORE_ROWS);
});
