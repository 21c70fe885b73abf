import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { bucketEndpoint, regionOfArn, resolveEndpoint, resolveRegion } from '../../../runtime/aws/endpoint';

const NOTHING = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
const urlOf = ({ protocol, host, path }: ReturnType<typeof resolveEndpoint>) => `${protocol}//${host}${path}`;

describe.each([
  ['dynamodb', DynamoDBClient], ['ssm', SSMClient], ['kms', KMSClient], ['sqs', SQSClient],
] as const)('the endpoints of %s are those of the SDK', (service, Client) => {
  const regions = [
    'us-east-1', 'eu-west-3', 'ap-southeast-7', 'mx-central-1', 'cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1', 'eusc-de-east-1',
    'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'us-isof-south-1', 'xx-future-1',
  ];
  const variants = [[false, false], [true, false], [false, true], [true, true]] as const;
  const { config: { endpointProvider } } = new Client({ region: 'us-east-1' });

  test.each(regions)('%s', (region) => {
    for (const [useDualstackEndpoint, useFipsEndpoint] of variants) {
      const { url } = endpointProvider({ Region: region, UseDualStack: useDualstackEndpoint, UseFIPS: useFipsEndpoint });
      expect(urlOf(resolveEndpoint(service, region, { useDualstackEndpoint, useFipsEndpoint }, {}))).toBe(url.href);
    }
  });
});

test('DynamoDB\'s local endpoint is that of the SDK', () => {
  const { url } = new DynamoDBClient({ region: 'us-east-1' }).config.endpointProvider({ Region: 'local' });
  expect(resolveEndpoint('dynamodb', 'local', {}, {})).toMatchObject({ hostname: url.hostname, port: Number(url.port), region: 'us-east-1' });
});

test.each([
  ['us-east-1', {}, 'https://s3.us-east-1.amazonaws.com/'],
  ['cn-north-1', {}, 'https://s3.cn-north-1.amazonaws.com.cn/'],
  ['eu-west-1', { useDualstackEndpoint: true }, 'https://s3.dualstack.eu-west-1.amazonaws.com/'],
  ['us-west-2', { useFipsEndpoint: true }, 'https://s3-fips.us-west-2.amazonaws.com/'],
  ['us-west-2', { useFipsEndpoint: true, useDualstackEndpoint: true }, 'https://s3-fips.dualstack.us-west-2.amazonaws.com/'],
])('S3 in %s with %j', (region, options, url) => {
  expect(urlOf(resolveEndpoint('s3', region, options, {}))).toBe(url);
});

describe('configured endpoints', () => {
  test.each([
    ['the option wins', { endpoint: 'http://option:1' }, { AWS_ENDPOINT_URL_DYNAMODB: 'http://own:2' }, 'http://option:1/'],
    ['then the service\'s variable', {}, { AWS_ENDPOINT_URL_DYNAMODB: 'http://own:2', AWS_ENDPOINT_URL: 'http://all:3' }, 'http://own:2/'],
    ['then the one for all', {}, { AWS_ENDPOINT_URL_S3: 'http://s3:2', AWS_ENDPOINT_URL: 'http://all:3' }, 'http://all:3/'],
    ['unless they are to be ignored', {}, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_ENDPOINT_URL: 'http://all:3' },
      'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['a path is kept', { endpoint: 'https://gateway.example/dynamo' }, {}, 'https://gateway.example/dynamo/'],
    ['dual-stack by variable', {}, { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'https://dynamodb.eu-west-1.api.aws/'],
    ['FIPS by variable', {}, { AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://dynamodb-fips.eu-west-1.amazonaws.com/'],
    ['the option over the variable', { useFipsEndpoint: false }, { AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://dynamodb.eu-west-1.amazonaws.com/'],
  ])('%s', (_, options, env, url) => {
    expect(urlOf(resolveEndpoint('dynamodb', 'eu-west-1', options, env))).toBe(url);
  });

  test('a region that asks for FIPS', () => {
    const endpoint = resolveEndpoint('dynamodb', 'fips-us-east-1', {}, {});
    expect(endpoint).toMatchObject({ host: 'dynamodb-fips.us-east-1.amazonaws.com', region: 'us-east-1' });
  });

  test('an IPv6 address', () => {
    expect(resolveEndpoint('dynamodb', 'eu-west-1', { endpoint: 'http://[::1]:8000' }, {})).toEqual({
      protocol: 'http:', hostname: '::1', port: 8000, host: '[::1]:8000', path: '/', region: 'eu-west-1', custom: true,
    });
  });

  test.each(['localhost:8000', 'ftp://x', 'http://user@host', 'http://host?x=1', ''])('fails for %j', (endpoint) => {
    const resolve = () => resolveEndpoint('dynamodb', 'eu-west-1', { endpoint }, {});
    expect(resolve).toThrow(`endpoint must be a URL like "http://localhost:8000", got "${endpoint}"`);
  });

  test.each([
    ['FIPS', { useFipsEndpoint: true }],
    ['dual-stack', { useDualstackEndpoint: true }],
  ])('fails for %s at a custom endpoint', (variant, options) => {
    const resolve = () => resolveEndpoint('dynamodb', 'eu-west-1', { ...options, endpoint: 'http://h:1' }, {});
    expect(resolve).toThrow(`a custom endpoint has no ${variant} variant`);
  });
});

describe('buckets', () => {
  const aws = resolveEndpoint('s3', 'eu-west-1', {}, {});
  const custom = resolveEndpoint('s3', 'eu-west-1', { endpoint: 'http://127.0.0.1:9000' }, {});
  test.each([
    ['by host name', aws, 'my-bucket', 'https://my-bucket.s3.eu-west-1.amazonaws.com/'],
    ['by path with a dot, which no certificate covers', aws, 'my.bucket', 'https://s3.eu-west-1.amazonaws.com/my.bucket/'],
    ['by path at a custom endpoint', custom, 'my-bucket', 'http://127.0.0.1:9000/my-bucket/'],
  ])('%s', (_, endpoint, bucket, url) => {
    const at = bucketEndpoint(endpoint, bucket);
    expect(urlOf(at)).toBe(url);
    expect(at.hostname).toBe(new URL(url).hostname);
  });

  test.each(['', 'a', 'arn:aws:s3:::bucket', 'bucket/../other', 'zone--usw2-az1--x-s3'])('fails for %j', (bucket) => {
    expect(() => bucketEndpoint(aws, bucket)).toThrow(JSON.stringify(bucket));
  });
});

describe('region', () => {
  const directory = mkdtempSync(join(tmpdir(), 'endpoint-'));
  const file = (name: string, text: string) => { const path = join(directory, name); writeFileSync(path, text); return path; };
  afterAll(() => rmSync(directory, { recursive: true }));

  const files = {
    AWS_CONFIG_FILE: file('config', [
      '# a comment', '[default]', 'region = eu-north-1 # inline', 's3 =', '  region = nested', '',
      '[ profile  work ]', 'region=ca-west-1', '[profile "quoted"]', 'region = sa-east-1',
    ].join('\r\n')),
    AWS_SHARED_CREDENTIALS_FILE: file('credentials', '[other]\nregion = il-central-1\n'),
  };

  test.each([
    ['option', 'us-west-1', { ...files, AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, 'us-west-1'],
    ['AWS_REGION', undefined, { ...files, AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'b' }, 'us-west-2'],
    ['AWS_DEFAULT_REGION', undefined, { ...files, AWS_DEFAULT_REGION: 'ap-east-1' }, 'ap-east-1'],
    ['the default profile', undefined, files, 'eu-north-1'],
    ['AWS_PROFILE', undefined, { ...files, AWS_PROFILE: 'work' }, 'ca-west-1'],
    ['a quoted profile', undefined, { ...files, AWS_PROFILE: 'quoted' }, 'sa-east-1'],
    ['the credentials file', undefined, { ...files, AWS_PROFILE: 'other' }, 'il-central-1'],
  ])('%s', async (_, option, env, region) => {
    await expect(resolveRegion(option, env)).resolves.toBe(region);
  });

  test('fails without one', async () => {
    await expect(resolveRegion(undefined, NOTHING)).rejects.toMatchObject({
      code: 'E_AWS_NO_REGION', failure: 'connection', message: 'no AWS region is known; pass region, set AWS_REGION, or give the profile one',
    });
  });

  test('fails for what cannot be one', async () => {
    await expect(resolveRegion('eu-west-1.evil.example/', {})).rejects.toMatchObject({ code: 'E_AWS_REGION' });
  });

  test.each([
    ['arn:aws:dynamodb:eu-west-3:123456789012:table/memo', 'eu-west-3'],
    ['arn:aws-cn:dynamodb:cn-north-1:123456789012:table/memo', 'cn-north-1'],
    ['arn:aws:s3:::bucket', undefined],
    ['memo', undefined],
  ])('of %s', (arn, region) => {
    expect(regionOfArn(arn)).toBe(region);
  });
});
