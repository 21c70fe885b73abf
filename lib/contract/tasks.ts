/**
 * What the task tier's constructs, handler and client must agree on: environment variables, the bucket's object keys, the form of the
 * switches, metric names. Imports nothing.
 */

/** Environment variables that a scope's `environment` sets and the client reads. */
export const TASK_ENVIRONMENT = {
  /** Name of the bucket. Unset: results are kept in a folder of this computer only. */
  bucket: 'TASK_CACHE_BUCKET',
  /** Region of the bucket, where it is not the process's own. */
  region: 'TASK_CACHE_BUCKET_REGION',
  /** URL of an S3-compatible service in place of Amazon S3. */
  endpoint: 'TASK_CACHE_S3_ENDPOINT',
  /** Trust scope that is written to, and read first. */
  scope: 'TASK_CACHE_SCOPE',
  /** Trust scopes that are read after it, in this order, with commas between. */
  readScopes: 'TASK_CACHE_READ_SCOPES',
  /** Keeps workflows apart that share a scope. */
  namespace: 'TASK_CACHE_NAMESPACE',
  /** Name of the SSM parameter with the switches. Unset: everything is on. */
  switches: 'TASK_CACHE_SWITCHES',
  /** What is read and written where: `local:rw,remote:r`. */
  mode: 'TASK_CACHE_MODE',
  /** Folder of the local cache. */
  folder: 'TASK_CACHE_FOLDER',
  /** `emf`: counters are written to standard output in CloudWatch's embedded metric format. */
  metrics: 'TASK_CACHE_METRICS',
} as const;

/** Value of `TASK_CACHE_METRICS` that switches the embedded metric format on. */
export const TASK_METRICS_EMF = 'emf';

/** Namespace where none is given. */
export const TASK_DEFAULT_NAMESPACE = 'default';

/** Scope where none is given. */
export const TASK_DEFAULT_SCOPE = 'main';

/** Folder of the local cache where none is given, relative to where a program runs. */
export const TASK_DEFAULT_FOLDER = '.cache-tiers/tasks';

/** Scopes and namespaces are parts of object keys, and of IAM's patterns. */
export const TASK_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** The first part of every object key. */
export const TASK_OBJECT_PREFIX = 'v1/';

/** Prefix of all that a scope holds: `v1/<scope>/`. */
export function taskScopePrefix(scope: string): string {
  return `${TASK_OBJECT_PREFIX}${scope}/`;
}

/** Prefix of all that one namespace of a scope holds: `v1/<scope>/<namespace>/`. */
export function taskPrefix(scope: string, namespace: string): string {
  return `${taskScopePrefix(scope)}${namespace}/`;
}

/**
 * Below a namespace. `objects/` is written once and never replaced; the manifest and what is below `leases/` is replaced by
 * compare-and-swap only. The bucket's policy enforces the one and the other.
 */
export const TASK_KEYS = {
  manifest: 'manifest',
  objects: 'objects/',
  leases: 'leases/',
} as const;

/** All in seconds. */
export const TASK_TIME = {
  /** Results are dropped after this long. */
  retention: 30 * 24 * 3600,
  /** Objects that nothing refers to stay this long: longer than any run, which may have stored them and not yet said so. */
  grace: 24 * 3600,
  /** Replaced manifests and deleted objects can be had back for this long. */
  noncurrent: 7 * 24 * 3600,
  /** A holder of a lease that does not renew it for this long has lost it. */
  lease: 60,
} as const;

/**
 * - `read`: finds something out, and changes nothing: its result may be reused as long as its policy says
 * - `ensure`: brings something about that stays: reused as well, and `verify` may look whether it still holds
 * - `trigger`: sets something off, each time: never reused
 */
export type TaskKind = 'read' | 'ensure' | 'trigger';

/**
 * The SSM parameter's value, as JSON: `{"enabled":true,"default":true,"tasks":{"Delete*":false}}`. Families of tasks are looked up in `tasks`:
 * their own name first, then the longest pattern with `*` that matches, then `default`.
 */
export interface TaskSwitchesValue {
  /** All of it. @default true */
  readonly enabled?: boolean;
  /** Tasks that `tasks` says nothing of. @default true */
  readonly default?: boolean;
  readonly tasks?: Readonly<Record<string, boolean>>;
}

/** Whether a name is what a pattern says, in which `*` stands for any characters, none included. It takes as long as both are, whatever they are. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return name === first;
  const last = parts.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** Whether it is one that stands for several names. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}

/** One task of a preset. */
export interface TaskPresetEntry {
  readonly family: string;
  readonly kind: TaskKind;
  /** Whether the original no longer caches it. */
  readonly withdrawn: boolean;
}

/** Namespace of the tier's metrics in CloudWatch. */
export const TASK_METRIC_NAMESPACE = 'CdkCacheTiers/Tasks';

/** Dimensions of the metrics. */
export const TASK_METRIC_DIMENSION = { scope: 'Scope', namespace: 'Namespace' } as const;

/** Counters of the client, by name in CloudWatch. */
export const TASK_METRIC = {
  /** Tasks that were asked for, each once a run. */
  tasks: 'Tasks',
  /** Results that were reused. */
  hits: 'Hits',
  misses: 'Misses',
  executions: 'Executions',
  failures: 'Failures',
  retries: 'Retries',
  /** Results that were there and not reused: damaged, missing, of another form. */
  rejected: 'Rejected',
  /** `verify` found that a result no longer holds. */
  stale: 'Stale',
  /** Milliseconds that reused results took when they were made. */
  savedTime: 'SavedTime',
  bytesPulled: 'BytesPulled',
  bytesPushed: 'BytesPushed',
  filesPulled: 'FilesPulled',
  filesPushed: 'FilesPushed',
  /** Requests to the store. */
  requests: 'Requests',
  /** Times that somebody else had replaced the manifest first. */
  conflicts: 'Conflicts',
  /** Failures of the store that nobody was told of. */
  storeErrors: 'StoreErrors',
} as const;

/** Metrics of the retention's handler. */
export const TASK_RETENTION_METRIC = {
  records: 'Records',
  bytes: 'StoredBytes',
  droppedRecords: 'DroppedRecords',
  deletedObjects: 'DeletedObjects',
  deletedBytes: 'DeletedBytes',
  failures: 'RetentionFailures',
} as const;

/** Environment variables of the retention's handler alone. */
export const TASK_RETENTION_ENVIRONMENT = {
  /** Seconds. */
  maxAge: 'TASK_RETENTION_MAX_AGE',
  /** Bytes, for each scope and namespace. Unset: no limit. */
  maxBytes: 'TASK_RETENTION_MAX_BYTES',
  /** Seconds. */
  grace: 'TASK_RETENTION_GRACE',
} as const;

/**
 * The 18 tasks whose caching AWS Service Catalog Puppet 0.84 could be told to switch on, with what they are. Version 0.103 withdrew twelve of
 * them: what they do can be undone outside of it, or has to happen each time.
 */
export const SERVICE_CATALOG_PUPPET_TASKS: readonly TaskPresetEntry[] = [
  { family: 'DeleteCloudFormationStackTask', kind: 'ensure', withdrawn: false },
  { family: 'EnsureEventBridgeEventBusTask', kind: 'ensure', withdrawn: false },
  { family: 'BootstrapSpokeAsTask', kind: 'ensure', withdrawn: false },
  { family: 'CreateLaunchRoleConstraintsForPortfolio', kind: 'ensure', withdrawn: true },
  { family: 'RequestPolicyTask', kind: 'ensure', withdrawn: true },
  { family: 'SharePortfolioTask', kind: 'ensure', withdrawn: true },
  { family: 'ShareAndAcceptPortfolioTask', kind: 'ensure', withdrawn: false },
  { family: 'CreateAssociationsInPythonForPortfolioTask', kind: 'ensure', withdrawn: false },
  { family: 'CreateShareForAccountLaunchRegion', kind: 'ensure', withdrawn: false },
  { family: 'DisassociateProductFromPortfolio', kind: 'ensure', withdrawn: true },
  { family: 'DisassociateProductsFromPortfolio', kind: 'ensure', withdrawn: true },
  { family: 'DeleteLocalPortfolio', kind: 'ensure', withdrawn: true },
  { family: 'DeletePortfolioShare', kind: 'ensure', withdrawn: true },
  { family: 'DeletePortfolio', kind: 'ensure', withdrawn: true },
  { family: 'ProvisioningArtifactParametersTask', kind: 'read', withdrawn: true },
  { family: 'ResetProvisionedProductOwnerTask', kind: 'ensure', withdrawn: true },
  { family: 'RunDeployInSpokeTask', kind: 'trigger', withdrawn: true },
  { family: 'LaunchInSpokeTask', kind: 'trigger', withdrawn: true },
];
