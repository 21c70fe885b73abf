import { LIVE_ENVIRONMENT } from '../../lib/contract/live.js';
import type { AwsClientOptions } from '../aws/service-client.js';
import { InvalidArgumentError } from '../errors.js';
import type { Clock } from '../resilience/clock.js';
import { MemoryResultIndex } from './index/memory-result-index.js';
import { RedisResultIndex } from './index/redis-result-index.js';
import type { ResultIndex } from './index/result-index.js';
import type { KeyRing } from './keys/key-ring.js';
import { SecretKeyRing } from './keys/secret-key-ring.js';
import { ephemeralKeyRing, StaticKeyRing, type GivenMasterKeys } from './keys/static-key-ring.js';
import { Secrets } from './secrets.js';
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
  /** Ends all connections. */
  close(): Promise<void>;
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

  const secrets = new Secrets({ env: env as NodeJS.ProcessEnv });
  const indexSecret = env[LIVE_ENVIRONMENT.indexSecret] || undefined;
  const accessKeySecret = env[LIVE_ENVIRONMENT.credentials] || undefined;
  const parts = {
    index: given.index ?? (indexUrl === undefined ? new MemoryResultIndex({ clock }) : new RedisResultIndex({
      url: indexUrl, namespace, timeout: options.indexTimeout,
      password: indexSecret === undefined ? undefined : secrets.indexPassword(indexSecret),
      onError: (error) => options.onError('index', error),
    })),
    segments: given.segments ?? (bucket === undefined ? new MemorySegmentStore() : new S3SegmentStore({
      bucket,
      region: named(options.region, LIVE_ENVIRONMENT.region),
      endpoint: named(options.endpoint, LIVE_ENVIRONMENT.endpoint),
      credentials: options.credentials ?? (accessKeySecret === undefined ? undefined : secrets.accessKey(accessKeySecret)),
      insecure: options.insecure,
      readTimeout: READ_TIMEOUT,
      env: env as NodeJS.ProcessEnv,
    })),
    keys: given.keys ?? keysOf(options.masterKey, keySecret, options, secrets),
  };
  return {
    ...parts,
    close: async () => {
      parts.segments.close();
      secrets.close();
      await parts.index.close();
    },
  };
}

function keysOf(masterKey: GivenMasterKeys | undefined, secretArn: string | undefined, options: PartsOptions, secrets: Secrets): KeyRing {
  const { namespace, clock, onError } = options;
  if (masterKey !== undefined) return new StaticKeyRing(masterKey, namespace);
  if (secretArn === undefined) return ephemeralKeyRing(namespace);
  return new SecretKeyRing({ client: secrets.clientOf(secretArn), secretArn, namespace, clock, onFailure: (error) => onError('keys', error) });
}

function checkWhole(shared: Readonly<Record<'bucket' | 'indexUrl' | 'masterKey', unknown>>): void {
  const names = Object.keys(shared) as (keyof typeof shared)[];
  const missing = names.filter((name) => shared[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return;
  const variables = { bucket: LIVE_ENVIRONMENT.bucket, indexUrl: LIVE_ENVIRONMENT.indexUrl, masterKey: LIVE_ENVIRONMENT.keySecret };
  throw new InvalidArgumentError('E_LIVE_OPTION', `bucket, index and master key belong together, and ${missing.join(' and ')} `
    + `${missing.length > 1 ? 'are' : 'is'} missing: give ${missing.map((name) => `${name} (${variables[name]})`).join(' and ')}, or none`);
}
