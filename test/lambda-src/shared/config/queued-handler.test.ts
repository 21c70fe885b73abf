import { createServer, type Server } from 'node:http';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClient } from '../../../../lambda-src/shared/config/queued-handler';
import { listen, TEST_CREDENTIALS, TEST_REGION } from '../../../support/dynamodb-server';

const FORMER = process.env;
let silent: Server;
let client: SQSClient;
afterEach(() => {
  process.env = FORMER;
  client.destroy();
  silent.closeAllConnections();
  silent.close();
});

test('a queue that never answers is not waited for for ever', async () => {
  let requests = 0;
  silent = createServer(() => { requests += 1; });
  const endpoint = await listen(silent);
  const QueueUrl = `${endpoint}/111111111111/own`;
  process.env = { ...FORMER, AWS_REGION: TEST_REGION, AWS_ENDPOINT_URL_SQS: endpoint };
  client = createSqsClient(50);
  client.config.credentials = async () => TEST_CREDENTIALS;
  await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(requests).toBe(3);
});
