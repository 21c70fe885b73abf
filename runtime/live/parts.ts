import { LIVE_ENVIRONMENT } from '../../lib/contract/live.js';
import { regionOfArn } from '../aws/endpoint.js';
import { secretsManagerClient, type SecretsManagerClient, type SecretValue } from '../aws/secrets-manager.js';
import type { AwsClientOptions } from '../aws/service-client.js';
import { InvalidArgumentError, show } from '../errors.js';
import type { Clock } from '../resilience/clock.js';
import { MemoryResultIndex } from './index/memory-result-index.js';
import { RedisResultIndex } from './index/redis-result-index.js';
import type { ResultIndex } from './index/result-index.js';
import type { KeyRing } from './keys/key-ring.js';
import { SecretKeyRing } from './keys/secret-key-ring.js';
import { ephemeralKeyRing, StaticKeyRing, type GivenMasterKeys } from './keys/static-key-ring.js';
import { MemorySegmentStore } from './segments/memory-segment-store.js';
import { S3SegmentStore } from './segments/s3-segment-store.js';
import type { SegmentStore } from './segments/segment-store.js';

/** A bucket that takes longer to begin to answer, twice, costs more than it saves, in milliseconds. */
const READ_TIMEOUT = 1500;

/** Where the parts of a live cache are. What is left out is taken from the environment. */
export interface PartsOptions {
  readonly bucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: AwsClientOptions['credentials'];
  readonly indexUrl?: string;
  readonly namespace: string;
  readonly masterKey?: GivenMasterKeys;
  /** Milliseconds. */
  readonly indexTimeout?: number;
  readonly insecure?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly given?: { readonly index?: ResultIndex; readonly segments?: SegmentStore; readonly keys?: KeyRing };
  /** Told of failures that no call rejects with. */
  readonly onError: (part: 'index' | 'keys', error: Error) => void;
}

export interface LiveParts {
  readonly index: ResultIndex;
  readonly segments: SegmentStore;
  readonly keys: KeyRing;
}

/**
 * Index, bucket and keys of a live cache; in memory where none is named. What others share must be shared as a whole: keys that end with this process
 * would lock everybody else out of what it stores.
 *
 * @throws InvalidArgumentError `E_LIVE_OPTION` if some are named and others are missing
 */
export function partsOf(options: PartsOptions): LiveParts {
  const env = options.env ?? process.env;
  const named = (option: string | undefined, name: string) => option ?? (env[name] || undefined);
  const bucket = named(options.bucket, LIVE_ENVIRONMENT.bucket);
  const indexUrl = named(options.indexUrl, LIVE_ENVIRONMENT.indexUrl);
  const keySecret = env[LIVE_ENVIRONMENT.keySecret] || undefined;
  const { given = {}, namespace, clock } = options;
  const shared = { bucket: given.segments ?? bucket, indexUrl: given.index ?? indexUrl, masterKey: given.keys ?? options.masterKey ?? keySecret };
  checkWhole(shared);

  let secrets: SecretsManagerClient | undefined;
  const secretOf = (arn: string) => {
    secrets ??= secretsManagerClient({ region: regionOfArn(arn), env: env as NodeJS.ProcessEnv });
    return secrets;
  };
  return {
    index: given.index ?? (indexUrl === undefined ? new MemoryResultIndex({ clock }) : new RedisResultIndex({
      url: indexUrl, namespace, timeout: options.indexTimeout,
      password: passwordOf(env[LIVE_ENVIRONMENT.indexSecret] || undefined, secretOf),
      onError: (error) => options.onError('index', error),
    })),
    segments: given.segments ?? (bucket === undefined ? new MemorySegmentStore() : new S3SegmentStore({
      bucket,
      region: named(options.region, LIVE_ENVIRONMENT.region),
      endpoint: named(options.endpoint, LIVE_ENVIRONMENT.endpoint),
      credentials: options.credentials ?? accessKeyOf(env[LIVE_ENVIRONMENT.credentials] || undefined, secretOf),
      insecure: options.insecure,
      readTimeout: READ_TIMEOUT,
      env: env as NodeJS.ProcessEnv,
    })),
    keys: given.keys ?? keysOf(options.masterKey, keySecret, options, secretOf),
  };
}

type SecretOf = (arn: string) => SecretsManagerClient;

function keysOf(masterKey: GivenMasterKeys | undefined, secretArn: string | undefined, options: PartsOptions, secretOf: SecretOf): KeyRing {
  const { namespace, clock, onError } = options;
  if (masterKey !== undefined) return new StaticKeyRing(masterKey, namespace);
  if (secretArn === undefined) return ephemeralKeyRing(namespace);
  return new SecretKeyRing({ client: secretOf(secretArn), secretArn, namespace, clock, onFailure: (error) => onError('keys', error) });
}

function checkWhole(shared: Readonly<Record<'bucket' | 'indexUrl' | 'masterKey', unknown>>): void {
  const names = Object.keys(shared) as (keyof typeof shared)[];
  const missing = names.filter((name) => shared[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return;
  const variables = { bucket: LIVE_ENVIRONMENT.bucket, indexUrl: LIVE_ENVIRONMENT.indexUrl, masterKey: LIVE_ENVIRONMENT.keySecret };
  throw new InvalidArgumentError('E_LIVE_OPTION', `bucket, index and master key belong together, and ${missing.join(' and ')} `
    + `${missing.length > 1 ? 'are' : 'is'} missing: give ${missing.map((name) => `${name} (${variables[name]})`).join(' and ')}, or none`);
}

/** What the index's secret holds: JSON with `password` and perhaps `username`, or the password alone. */
function passwordOf(arn: string | undefined, secretOf: SecretOf) {
  if (arn === undefined) return undefined;
  return async () => {
    const text = await secretText(arn, secretOf);
    const { username, password } = text.trimStart().startsWith('{') ? membersOf(arn, text) : { username: undefined, password: text };
    if (typeof password !== 'string') throw new Error(`the secret ${arn} of the index has no member "password"`);
    return { password, ...(typeof username === 'string' ? { username } : {}) };
  };
}

function accessKeyOf(arn: string | undefined, secretOf: SecretOf): AwsClientOptions['credentials'] {
  if (arn === undefined) return undefined;
  return async () => {
    const { accessKeyId, secretAccessKey } = membersOf(arn, await secretText(arn, secretOf));
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
      throw new Error(`the secret ${arn} must have the members "accessKeyId" and "secretAccessKey"`);
    }
    return { accessKeyId, secretAccessKey };
  };
}

async function secretText(arn: string, secretOf: SecretOf): Promise<string> {
  const { SecretString } = await secretOf(arn).call('GetSecretValue', { SecretId: arn }, AbortSignal.timeout(3000)) as SecretValue;
  if (SecretString === undefined) throw new Error(`the secret ${arn} is binary: it must be text`);
  return SecretString;
}

/** Messages never show what is in a secret. */
function membersOf(arn: string, text: string): Record<string, unknown> {
  try {
    const members: unknown = JSON.parse(text);
    if (typeof members === 'object' && members !== null) return members as Record<string, unknown>;
  } catch { /* told below */ }
  throw new Error(`the secret ${show(arn)} is not a JSON object`);
}
