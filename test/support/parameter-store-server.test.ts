import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describeContract } from './contracts/contract';
import { openSsm, ownClient, SSM_ROWS, type SsmSubject } from './contracts/ssm';
import { TEST_CREDENTIALS } from './dynamodb-server';
import { modelClient, ParameterStoreError, startParameterStore, type ParameterStoreServer } from './parameter-store';

let server: ParameterStoreServer;
beforeAll(async () => { server = await startParameterStore(); });
afterAll(() => server.close());

describe('by HTTP', () => {
  let subject: SsmSubject;
  beforeAll(() => { subject = openSsm(new SSMClient(server.clientConfig)); });
  afterAll(() => subject.close());

  describeContract('keeps the list', 'embedded', SSM_ROWS, () => subject);
});

describe('by HTTP, and our own client', () => {
  let subject: SsmSubject;
  beforeAll(() => { subject = openSsm(ownClient({ ...server.clientConfig, env: {} })); });
  afterAll(() => subject.close());

  describeContract('keeps the list', 'embedded', SSM_ROWS, () => subject);
});

describe('by the model\'s own client', () => {
  let subject: SsmSubject;
  beforeAll(() => { subject = openSsm(modelClient(server.model)); });
  afterAll(() => subject.close());

  describeContract('keeps the list', 'embedded', SSM_ROWS, () => subject);
});

describe('the server', () => {
  test('says how clients and processes reach it', () => {
    expect(server.environment).toEqual({
      AWS_ENDPOINT_URL_SSM: server.endpoint, AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    });
  });

  test('gives times with their milliseconds', async () => {
    const own = await startParameterStore({ now: () => 1_767_225_600_007 });
    const client = new SSMClient(own.clientConfig);
    await client.send(new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'String' }));
    expect((await client.send(new GetParameterCommand({ Name: '/a' }))).Parameter!.LastModifiedDate).toEqual(new Date(1_767_225_600_007));
    client.destroy();
    await own.close();
  });

  test('knows who calls by the access key', async () => {
    const other = { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'secret' };
    const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/session';
    const own = await startParameterStore({ callers: { [other.accessKeyId]: { arn } } });
    const client = new SSMClient({ ...own.clientConfig, credentials: other });
    await client.send(new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'String' }));
    expect(own.model.do('DescribeParameters', {}).Parameters![0]!.LastModifiedUser).toBe(arn);
    client.destroy();
    await Promise.all([own.close(), own.close()]);
  });

  test('refuses what is not signed, not known or no JSON', async () => {
    const ask = async (headers: Record<string, string>, body = '{}') => {
      const answer = await fetch(server.endpoint, { method: 'POST', headers, body });
      return [answer.status, (await answer.json() as { __type: string }).__type];
    };
    const authorization = 'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=00';
    expect(await ask({ 'x-amz-target': 'AmazonSSM.GetParameter' })).toEqual([400, 'MissingAuthenticationTokenException']);
    expect(await ask({ authorization, 'x-amz-target': 'AmazonSSM.SendCommand' })).toEqual([400, 'UnknownOperationException']);
    expect(await ask({ authorization, 'x-amz-target': 'AmazonSSM.GetParameter' }, 'null')).toEqual([400, 'SerializationException']);
    expect(await ask({ authorization, 'x-amz-target': 'AmazonSSM.GetParameter' }, '{')).toEqual([400, 'SerializationException']);
  });

  test('the SDK tries again what is throttled, and what has no answer', async () => {
    const client = new SSMClient({ ...server.clientConfig, retryMode: 'adaptive', maxAttempts: 5 });
    await client.send(new PutParameterCommand({ Name: '/again', Value: 'v', Type: 'String' }));
    server.model.failNext('GetParameter', new ParameterStoreError('ThrottlingException', 'Rate exceeded'));
    server.model.failNext('GetParameter', new Error('broken'));
    const { Parameter, $metadata } = await client.send(new GetParameterCommand({ Name: '/again' }));
    expect([Parameter!.Value, $metadata.attempts]).toEqual(['v', 3]);
    client.destroy();
  });
});
