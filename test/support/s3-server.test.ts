import { describeS3 } from './contracts/s3';
import { NO_LIST_CREDENTIALS, startS3, type S3Server } from './s3-server';

let server: S3Server;
beforeAll(async () => { server = await startS3(); });
afterAll(() => server.close());

describeS3('embedded', () => server.clientConfig, { withoutList: async () => NO_LIST_CREDENTIALS });
