import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, RotateSecretCommand, SecretsManagerClient, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { resolveEndpoint } from '../../../runtime/aws/endpoint';
import { classify } from '../../../runtime/aws/errors';
import { secretsManagerClient, type SecretsManagerOperation } from '../../../runtime/aws/secrets-manager';
import { TEST_CREDENTIALS } from '../../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy';

describe('endpoints are those of the SDK', () => {
  const { config: { endpointProvider } } = new SecretsManagerClient({ region: 'us-east-1' });
  const variants = [[false, false], [true, false], [false, true], [true, true]] as const;

  test.each([
    'us-east-1', 'eu-west-3', 'ap-southeast-7', 'mx-central-1', 'cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1', 'eusc-de-east-1',
    'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'us-isof-south-1', 'xx-future-1',
  ])('%s', (region) => {
    for (const [useDualstackEndpoint, useFipsEndpoint] of variants) {
      const { url } = endpointProvider({ Region: region, UseDualStack: useDualstackEndpoint, UseFIPS: useFipsEndpoint });
      const { protocol, host, path } = resolveEndpoint('secretsmanager', region, { useDualstackEndpoint, useFipsEndpoint }, {});
      expect(`${protocol}//${host}${path}`).toBe(url.href);
    }
  });
});

describe('requests', () => {
  let proxy: FaultProxy;
  beforeEach(async () => { proxy = await startFaultProxy({ respond: () => ({}) }); });
  afterEach(() => proxy.close());

  const config = () => ({ endpoint: proxy.endpoint, region: 'eu-west-3', credentials: TEST_CREDENTIALS });
  const SecretId = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:keys-AbCdEf';
  const ClientRequestToken = '11111111-2222-4333-8444-555555555555';
  const stage = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: 'former' };
  const write = { SecretId, ClientRequestToken, SecretString: 'naïve "quoted" \u{1F511}\n\u2028', VersionStages: ['AWSPENDING'] };

  const CASES: readonly (readonly [SecretsManagerOperation, object, (sdk: SecretsManagerClient) => Promise<unknown>])[] = [
    ['GetSecretValue', { SecretId, VersionStage: 'AWSPENDING', VersionId: 'v' },
      (sdk) => sdk.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPENDING', VersionId: 'v' }))],
    ['PutSecretValue', write, (sdk) => sdk.send(new PutSecretValueCommand(write))],
    ['DescribeSecret', { SecretId }, (sdk) => sdk.send(new DescribeSecretCommand({ SecretId }))],
    ['UpdateSecretVersionStage', stage, (sdk) => sdk.send(new UpdateSecretVersionStageCommand(stage))],
    ['RotateSecret', { SecretId, ClientRequestToken }, (sdk) => sdk.send(new RotateSecretCommand({ SecretId, ClientRequestToken }))],
  ];

  test.each(CASES)('%s is sent as the SDK sends it', async (operation, input, theirs) => {
    await secretsManagerClient(config()).call(operation, input);
    await theirs(new SecretsManagerClient(config()));
    const [mine, sdks] = proxy.requests.map(({ operation: name, headers, input: sent }) => ({
      name, sent, target: headers['x-amz-target'], type: headers['content-type'],
      scope: /Credential=[^/]+\/\d+\/(.*?),/.exec(String(headers.authorization))?.[1],
    }));
    expect(mine).toEqual(sdks);
    expect(mine!.sent).toEqual(input);
  });

  test('the endpoint\'s own variable has the name that the SDK gives it', async () => {
    const env = { AWS_ENDPOINT_URL_SECRETS_MANAGER: proxy.endpoint, AWS_REGION: 'eu-west-3' };
    await secretsManagerClient({ credentials: TEST_CREDENTIALS, env }).call('DescribeSecret', { SecretId });
    expect(proxy.counts()).toEqual({ DescribeSecret: 1 });
  });
});

test.each([
  ['ResourceNotFoundException', 400, 'missing'],
  ['AccessDeniedException', 400, 'denied'],
  ['ThrottlingException', 400, 'throttled'],
  ['InternalServiceError', 500, 'server'],
  ['DecryptionFailure', 400, 'request'],
  ['ResourceExistsException', 400, 'request'],
])('%s (%i) is %s', (name, status, failure) => {
  expect(classify(name, status)).toBe(failure);
});
