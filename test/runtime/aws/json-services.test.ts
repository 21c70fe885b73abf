import { createServer, type Server } from 'node:http';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { classify } from '../../../runtime/aws/errors';
import { kmsClient } from '../../../runtime/aws/kms';
import { sqsClient } from '../../../runtime/aws/sqs';
import { ssmClient } from '../../../runtime/aws/ssm';
import { listen, TEST_CREDENTIALS } from '../../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy';

let proxy: FaultProxy;
beforeEach(async () => { proxy = await startFaultProxy({ respond: () => ({}) }); });
afterEach(() => proxy.close());

const config = () => ({ endpoint: proxy.endpoint, region: 'eu-west-3', credentials: TEST_CREDENTIALS });
const QueueUrl = 'https://sqs.eu-west-3.amazonaws.com/123456789012/queue';
const awkward = 'naïve "quoted" \u{1F511}\n\u2028 </script>';

const CASES = [
  ['ssm', { Names: ['/a', '/ä:3'], WithDecryption: true },
    () => ssmClient(config()).call('GetParameters', { Names: ['/a', '/ä:3'], WithDecryption: true }),
    () => new SSMClient(config()).send(new GetParametersCommand({ Names: ['/a', '/ä:3'], WithDecryption: true }))],
  ['ssm, writing', { Name: '/a', Value: awkward, Tags: [{ Key: 'k', Value: 'v' }] },
    () => ssmClient(config()).call('PutParameter', { Name: '/a', Value: awkward, Tags: [{ Key: 'k', Value: 'v' }] }),
    () => new SSMClient(config()).send(new PutParameterCommand({ Name: '/a', Value: awkward, Tags: [{ Key: 'k', Value: 'v' }] }))],
  ['kms', { CiphertextBlob: 'AQID', EncryptionContext: { PARAMETER_ARN: 'arn' } },
    () => kmsClient(config()).call('Decrypt', { CiphertextBlob: 'AQID', EncryptionContext: { PARAMETER_ARN: 'arn' } }),
    () => new KMSClient(config()).send(new DecryptCommand({ CiphertextBlob: Buffer.from([1, 2, 3]), EncryptionContext: { PARAMETER_ARN: 'arn' } }))],
  ['sqs', { QueueUrl, MessageBody: awkward },
    () => sqsClient(config()).call('SendMessage', { QueueUrl, MessageBody: awkward }),
    () => new SQSClient({ ...config(), md5: false, useQueueUrlAsEndpoint: false }).send(new SendMessageCommand({ QueueUrl, MessageBody: awkward }))],
] as const;

test.each(CASES)('%s: a request is the SDK\'s own, but for what it says of itself', async (_, input, ours, theirs) => {
  await ours();
  await theirs();
  const [mine, sdks] = proxy.requests.map(({ operation, headers, input: sent }) => ({
    operation, sent, target: headers['x-amz-target'], type: headers['content-type'],
    scope: /Credential=[^/]+\/\d+\/(.*?),/.exec(String(headers.authorization))?.[1],
  }));
  expect(mine).toEqual(sdks);
  expect(mine!.sent).toEqual(input);
});

test.each([
  ['ssm', ssmClient, 'GetParameter'], ['kms', kmsClient, 'Decrypt'], ['sqs', sqsClient, 'SendMessage'],
] as const)('%s: an endpoint by its own variable', async (service, make, operation) => {
  const env = { [`AWS_ENDPOINT_URL_${service.toUpperCase()}`]: proxy.endpoint, AWS_REGION: 'eu-west-3' };
  await make({ credentials: TEST_CREDENTIALS, env }).call(operation as never, {});
  expect(proxy.counts()).toEqual({ [operation]: 1 });
});

test.each([
  ['ThrottlingException', 400, 'throttled'],
  ['RequestThrottled', 400, 'throttled'],
  ['KmsThrottled', 400, 'throttled'],
  ['LimitExceededException', 400, 'throttled'],
  ['AccessDeniedException', 400, 'denied'],
  ['KMSAccessDeniedException', 400, 'denied'],
  ['ExpiredTokenException', 400, 'denied'],
  ['QueueDoesNotExist', 400, 'missing'],
  ['InternalServerError', 500, 'server'],
  ['KMSInternalException', 500, 'server'],
  ['DependencyTimeoutException', 503, 'server'],
  ['ParameterNotFound', 400, 'request'],
  ['ParameterLimitExceeded', 400, 'request'],
  ['HierarchyLevelLimitExceededException', 400, 'request'],
  ['InvalidCiphertextException', 400, 'request'],
  ['IncorrectKeyException', 400, 'request'],
])('%s (%i) is %s', (name, status, failure) => {
  expect(classify(name, status)).toBe(failure);
});

describe('an answer that is larger than any true one', () => {
  let server: Server;
  afterEach(() => { server.closeAllConnections(); server.close(); });

  test.each([
    ['ssm', ssmClient, 'GetParameter'], ['kms', kmsClient, 'Decrypt'], ['sqs', sqsClient, 'SendMessage'],
  ] as const)('%s: is not read to its end', async (_, make, operation) => {
    server = createServer((request, response) => { request.resume(); response.on('error', () => {}).end(Buffer.alloc(9 << 20, ' ')); });
    const client = make({ ...config(), endpoint: await listen(server) });
    await expect(client.call(operation as never, {})).rejects.toMatchObject({ code: 'E_AWS_RESPONSE_TOO_LARGE' });
  });
});

test.each(['null', '5', '"text"', '', '{'])('an answer that is no JSON object is an error, and not repeated: %s', async (answer) => {
  const server = createServer((_, response) => response.end(answer));
  const call = ssmClient({ ...config(), endpoint: await listen(server) }).call('GetParameter', { Name: '/a' });
  await expect(call).rejects.toMatchObject({ code: 'E_AWS_RESPONSE', message: expect.stringContaining('is there a proxy') as string });
  server.closeAllConnections();
  server.close();
});
