import { LIVE_ENVIRONMENT, LIVE_NAMESPACE } from '../../lib/contract/live.js';
import type { AwsClientOptions } from '../../runtime/aws/service-client.js';
import type { KeySecret } from '../../runtime/live/operator/key-secret.js';
import type { LiveOperator } from '../../runtime/live/operator/operator.js';
import type { Secrets } from '../../runtime/live/secrets.js';
import type { SegmentStore } from '../../runtime/live/segments/segment-store.js';
import { credentialsOf } from '../config/credentials.js';
import { UsageError, type Io } from '../context.js';
import type { LiveGroupOptions } from './group-options.js';
import { indexUrlOf, shownUrl } from './index-url.js';

/** Longest that the index may take to answer: an operator waits longer than a query. */
const INDEX_TIMEOUT = '10s';

/** What a command cannot do without. */
export type Need = 'bucket' | 'keys';

/** Where it all is, as it may be shown. */
export interface Place {
  readonly namespace: string;
  /** URL without user and password. */
  readonly index: string;
  readonly bucket?: string;
}

/** Runs something on the cache that the command line and its environment name, and closes its connections. @throws UsageError if one is not named */
export async function withOperator<T>(
  options: LiveGroupOptions, io: Io, needs: readonly Need[], run: (operator: LiveOperator, place: Place) => Promise<T>,
): Promise<T> {
  const namespace = namespaceOf(options, io);
  const url = indexUrlOf(options, io);
  const bucket = named('--bucket', options.bucket, LIVE_ENVIRONMENT.bucket, io);
  if (bucket === undefined && needs.includes('bucket')) throw missing('bucket', '--bucket', LIVE_ENVIRONMENT.bucket);
  const secretId = needs.includes('keys') ? keySecretOf(options, io) : secretOf(options, io);
  const [{ LiveOperator }, { RedisResultIndex }, { KeySecret }, { SecretKeyRing }] = await Promise.all([
    import('../../runtime/live/operator/operator.js'), import('../../runtime/live/index/redis-result-index.js'),
    import('../../runtime/live/operator/key-secret.js'), import('../../runtime/live/keys/secret-key-ring.js'),
  ]);
  const aws = awsOf(options, io);
  const secrets = await secretsOf(aws, io);
  const passwordIn = io.env[LIVE_ENVIRONMENT.indexSecret];
  const operator = new LiveOperator({
    namespace,
    index: new RedisResultIndex({
      url, namespace, timeout: INDEX_TIMEOUT, connectTimeout: INDEX_TIMEOUT, name: 'cache-tiers',
      ...(passwordIn && { password: secrets.indexPassword(passwordIn) }),
    }),
    ...(bucket !== undefined && { segments: await openBucket(bucket, options, io, aws, secrets) }),
    ...(secretId !== undefined && {
      keys: new SecretKeyRing({ client: secrets.clientOf(secretId), secretArn: secretId, namespace }),
      secret: new KeySecret(secrets.clientOf(secretId), secretId),
    }),
  });
  try {
    return await unless(io.signal, run(operator, { namespace, index: shownUrl(url), bucket }));
  } finally {
    await operator.close();
    secrets.close();
  }
}

/** The secret with the master keys alone: neither index nor bucket need be named. @throws UsageError */
export async function openKeySecret(options: LiveGroupOptions, io: Io): Promise<{ readonly secret: KeySecret; readonly close: () => void }> {
  const id = keySecretOf(options, io);
  const { KeySecret } = await import('../../runtime/live/operator/key-secret.js');
  const secrets = await secretsOf(awsOf(options, io), io);
  return { secret: new KeySecret(secrets.clientOf(id), id), close: () => secrets.close() };
}

/** Ends the wait at Ctrl-C: an index that does not answer is asked without a signal. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop!: () => void;
  const stopped = new Promise<never>((_, reject) => { stop = () => reject(signal.reason as Error); });
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}

async function secretsOf(aws: AwsClientOptions, { signal }: Io): Promise<Secrets> {
  const { Secrets } = await import('../../runtime/live/secrets.js');
  return new Secrets({ ...aws, signal: () => signal });
}

/** The bucket, at Amazon S3 or at another service, which has access keys of its own. */
async function openBucket(bucket: string, options: LiveGroupOptions, io: Io, aws: AwsClientOptions, secrets: Secrets): Promise<SegmentStore> {
  const { S3SegmentStore } = await import('../../runtime/live/segments/s3-segment-store.js');
  const keysIn = io.env[LIVE_ENVIRONMENT.credentials];
  return new S3SegmentStore({
    ...aws, bucket,
    insecure: true, // an operator lists and deletes: no key goes along
    region: options.region ?? (io.env[LIVE_ENVIRONMENT.region] || undefined),
    endpoint: named('--endpoint', options.endpoint, LIVE_ENVIRONMENT.endpoint, io),
    ...(keysIn && { credentials: secrets.accessKey(keysIn) }),
  });
}

/** @throws UsageError if none is named */
export function keySecretOf(options: LiveGroupOptions, io: Io): string {
  const id = secretOf(options, io);
  if (id === undefined) throw missing('secret with master keys', '--key-secret', LIVE_ENVIRONMENT.keySecret);
  return id;
}

function secretOf(options: LiveGroupOptions, io: Io): string | undefined {
  return named('--key-secret', options.keySecret, LIVE_ENVIRONMENT.keySecret, io);
}

function namespaceOf(options: LiveGroupOptions, io: Io): string {
  const namespace = named('--namespace', options.namespace, LIVE_ENVIRONMENT.namespace, io) ?? 'live';
  if (LIVE_NAMESPACE.test(namespace)) return namespace;
  throw new UsageError(`--namespace must be up to 63 letters, digits, '_' and '-', beginning with a letter or digit, got '${namespace}'`);
}

/** An option before its variable; a variable that is empty is none. */
function named(option: string, given: string | undefined, variable: string, { env }: Io): string | undefined {
  if (given === '') throw new UsageError(`${option} is empty: give a value, or leave it out for $${variable}`);
  return given ?? (env[variable] || undefined);
}

function missing(what: string, option: string, variable: string): UsageError {
  return new UsageError(`no ${what} is named: pass ${option}, or set ${variable}`);
}

/** Whose account it is. A profile that needs the SDK's chain has its session kept, as in `config`. */
function awsOf(options: LiveGroupOptions, io: Io): AwsClientOptions {
  if (options.profile === '') throw new UsageError('--profile is empty: give the name of a profile');
  const env = options.profile === undefined ? io.env : { ...io.env, AWS_PROFILE: options.profile };
  return { region: options.region, env: { ...env }, credentials: credentialsOf(options, io), maxAttempts: 4 };
}
