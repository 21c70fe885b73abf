import { InvalidArgumentError } from '../errors.js';
import { AwsError } from './errors.js';
import { loadProfile } from './profile.js';

/** Services that have a client here, by their signing names. */
export type AwsService = 'dynamodb' | 'kms' | 's3' | 'secretsmanager' | 'sqs' | 'ssm';

export interface EndpointOptions {
  /**
   * A URL in place of the region's own endpoint; its path is kept.
   * @default - `AWS_ENDPOINT_URL_DYNAMODB` (`_S3`, `_SSM`, `_KMS`, `_SQS`, `_SECRETS_MANAGER`), then `AWS_ENDPOINT_URL`, unless
   * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true
   */
  readonly endpoint?: string;
  /**
   * Endpoints that have IPv6 addresses too.
   * @default - `AWS_USE_DUALSTACK_ENDPOINT`, otherwise false
   */
  readonly useDualstackEndpoint?: boolean;
  /**
   * Endpoints with FIPS 140 validated cryptography.
   * @default - `AWS_USE_FIPS_ENDPOINT`, otherwise false
   */
  readonly useFipsEndpoint?: boolean;
}

/** Where requests go, and the region that they are signed for. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  /** IPv6 addresses without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The `Host` header. */
  readonly host: string;
  /** Ends in a slash. */
  readonly path: string;
  readonly region: string;
  /** Given by the user, not AWS's own. */
  readonly custom: boolean;
}

/** [regions, DNS suffix, DNS suffix of dual-stack endpoints], as the SDK's partitions have them. */
const PARTITIONS: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  [/^us-gov-/, 'amazonaws.com', 'api.aws'],
  [/^eusc-/, 'amazonaws.eu', 'api.amazonwebservices.eu'],
  [/^us-iso-/, 'c2s.ic.gov', 'api.aws.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov', 'api.aws.scloud'],
  [/^eu-isoe-/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  [/^/, 'amazonaws.com', 'api.aws'],
];

/** The region in an ARN: of a table whose ARN is given in place of its name, say. `undefined` for names and for ARNs without a region. */
export function regionOfArn(arn: string): string | undefined {
  return /^arn:[^:]+:[^:]*:([^:]+):/.exec(arn)?.[1];
}

/**
 * The region to use: the option, `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's.
 *
 * @throws AwsError `E_AWS_NO_REGION` if there is none, InvalidArgumentError `E_AWS_REGION` if it cannot be one
 */
export async function resolveRegion(option?: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const region = option || env.AWS_REGION || env.AWS_DEFAULT_REGION || (await loadProfile(env)).settings.region;
  if (!region) {
    throw new AwsError('no AWS region is known; pass region, set AWS_REGION, or give the profile one', {
      failure: 'connection', code: 'E_AWS_NO_REGION', // as a host that has no address: nothing will get through until someone mends it
    });
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(region)) {
    throw new InvalidArgumentError('E_AWS_REGION', `region must be the name of an AWS region, such as "eu-west-1", got ${JSON.stringify(region)}`);
  }
  return region;
}

/**
 * The endpoint of a service in a region.
 *
 * A custom endpoint together with FIPS or dual-stack is refused, as the SDK does. Account-based endpoints of DynamoDB are not used,
 * nor is `endpoint_url` of the shared configuration file read.
 *
 * @throws InvalidArgumentError `E_AWS_ENDPOINT`
 */
export function resolveEndpoint(
  service: AwsService, givenRegion: string, options: EndpointOptions = {}, env: NodeJS.ProcessEnv = process.env,
): Endpoint {
  const region = givenRegion.replace(/^fips-|-fips$/, '');
  const fips = options.useFipsEndpoint ?? (region !== givenRegion || isTrue(env.AWS_USE_FIPS_ENDPOINT));
  const dualstack = options.useDualstackEndpoint ?? isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  const local = service === 'dynamodb' && region === 'local' ? 'http://localhost:8000' : undefined;
  const url = options.endpoint ?? configuredUrl(service, env) ?? local;
  if (url === undefined) return parse(`https://${hostOf(service, region, fips, dualstack)}`, region, false);
  if (fips || dualstack) {
    throw new InvalidArgumentError('E_AWS_ENDPOINT',
      `a custom endpoint has no ${fips ? 'FIPS' : 'dual-stack'} variant; give one or the other, got ${JSON.stringify(url)}`);
  }
  return parse(url, region === 'local' ? 'us-east-1' : region, true);
}

/**
 * The endpoint of a bucket and the path of its root there: in the host name where a certificate covers it, otherwise in the path.
 *
 * @param endpoint the service's endpoint
 * @throws InvalidArgumentError `E_AWS_BUCKET` for what is not the name of a bucket
 */
export function bucketEndpoint(endpoint: Endpoint, bucket: string): Endpoint {
  if (!/^[a-z0-9A-Z][\w.-]{1,253}[a-z0-9A-Z]$/.test(bucket)) {
    throw new InvalidArgumentError('E_AWS_BUCKET',
      `bucket must be the name of a bucket, 3 characters or more, not an ARN or a URL, got ${JSON.stringify(bucket)}`);
  }
  if (bucket.endsWith('--x-s3')) {
    throw new InvalidArgumentError('E_AWS_BUCKET',
      `directory buckets are not supported: they need sessions of their own, got ${JSON.stringify(bucket)}`);
  }
  const dnsLabel = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket);
  if (endpoint.custom || !dnsLabel) return { ...endpoint, path: `${endpoint.path}${bucket}/` };
  return { ...endpoint, hostname: `${bucket}.${endpoint.hostname}`, host: `${bucket}.${endpoint.host}` };
}

function hostOf(service: AwsService, region: string, fips: boolean, dualstack: boolean): string {
  const [, suffix, dualstackSuffix] = PARTITIONS.find(([regions]) => regions.test(region))!;
  if (service === 's3') return `s3${fips ? '-fips' : ''}${dualstack ? '.dualstack' : ''}.${region}.${suffix}`;
  // GovCloud's own endpoints are the FIPS ones, but for these two, which have both.
  const plain = !fips || (region.startsWith('us-gov-') && !dualstack && service !== 'kms' && service !== 'secretsmanager');
  // Secrets Manager's own endpoints have IPv6 addresses too, in most partitions: there is no other name then.
  const both = service === 'secretsmanager' && (suffix === 'amazonaws.com' || (suffix === 'amazonaws.com.cn' && !fips));
  return `${service}${plain ? '' : '-fips'}.${region}.${dualstack && !both ? dualstackSuffix : suffix}`;
}

function configuredUrl(service: AwsService, env: NodeJS.ProcessEnv): string | undefined {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  const name = service === 'secretsmanager' ? 'SECRETS_MANAGER' : service.toUpperCase(); // the service's own name, where it has two words
  return env[`AWS_ENDPOINT_URL_${name}`] || env.AWS_ENDPOINT_URL || undefined;
}

function parse(text: string, region: string, custom: boolean): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new InvalidArgumentError('E_AWS_ENDPOINT', `endpoint must be a URL like "http://localhost:8000", got ${JSON.stringify(text)}`);
  }
  const protocol = url.protocol as Endpoint['protocol'];
  return {
    protocol,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port),
    host: url.host,
    path: url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`,
    region,
    custom,
  };
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
