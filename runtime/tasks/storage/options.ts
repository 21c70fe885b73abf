import type { TaskSwitchesValue } from '../../../lib/contract/tasks.js';
import type { AwsClientOptions } from '../../aws/service-client.js';
import type { Clock } from '../../resilience/clock.js';
import type { Duration } from '../../resilience/duration.js';
import type { ObjectStore } from '../../stores/object-store.js';
import type { TaskCompression } from '../content/content-store.js';

/** Where results are kept. What is left out is taken from the environment (`TASK_CACHE_*`), as a scope's `environment` sets it. */
export interface TaskStorageOptions {
  /** What is read and written where, `local:rw,remote:r`. @default - `TASK_CACHE_MODE`, otherwise everything that there is */
  readonly mode?: string;
  /** @default - `TASK_CACHE_BUCKET`; without one there is no remote tier */
  readonly bucket?: string;
  /** @default - `TASK_CACHE_BUCKET_REGION`, otherwise the client's Region */
  readonly region?: string;
  /** URL of an S3-compatible service. @default - `TASK_CACHE_S3_ENDPOINT`, otherwise Amazon S3 */
  readonly endpoint?: string;
  /** @default - AWS's */
  readonly credentials?: AwsClientOptions['credentials'];
  /** Trust scope that is written, and read first. @default - `TASK_CACHE_SCOPE`, otherwise `main` */
  readonly scope?: string;
  /** Trust scopes that are read after it. @default - `TASK_CACHE_READ_SCOPES` */
  readonly readScopes?: readonly string[];
  /** Keeps workflows apart. @default - `TASK_CACHE_NAMESPACE`, otherwise `default` */
  readonly namespace?: string;
  /** Folder of the local tier. @default - `TASK_CACHE_FOLDER`, otherwise `.cache-tiers/tasks` below the current folder */
  readonly folder?: string;
  /** What is switched on, or the name of the SSM parameter that says so. @default - the parameter of `TASK_CACHE_SWITCHES`; without one, all is on */
  readonly switches?: string | TaskSwitchesValue;
  /** How packs are compressed. `zstd` needs Node 22.15 or later, also to read them. @default gzip */
  readonly compression?: TaskCompression;
  /** Whether a store that fails is an error. @default false: it is reported, and whatever it has is a miss */
  readonly strict?: boolean;
  /** Longest that the store may take to answer a request; a body gets a second more for each 64 KiB. @default 10s */
  readonly timeout?: Duration;
  /** `emf`: counters to standard output. @default - `TASK_CACHE_METRICS` */
  readonly metrics?: 'emf';
  /** Environment variables. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the parts named above: for tests, and for stores of one's own. */
  readonly parts?: { readonly local?: ObjectStore; readonly remote?: ObjectStore; readonly clock?: Clock };
}
