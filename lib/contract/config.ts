/**
 * What the config tier's constructs, handlers and client must agree on: environment variables, the tables' attributes,
 * the forms of their keys, metric names, the footprint parameter. Imports nothing.
 *
 * All times are Unix epoch milliseconds, except `ttl`, which DynamoDB reads in seconds.
 */

/** Environment variables that the constructs set and handlers and clients read. */
export const CONFIG_ENVIRONMENT = {
  /** JSON array of the paths that are followed: `["/app","/shared"]`. */
  namespaces: 'CONFIG_NAMESPACES',
  /** Name or ARN of the table of parameter names. */
  cacheTable: 'CONFIG_CACHE_TABLE',
  /** Whole days that a deleted parameter's row is kept. */
  tombstoneDays: 'CONFIG_TOMBSTONE_DAYS',
  /** Name or ARN of the audit log's table. */
  auditTable: 'CONFIG_AUDIT_TABLE',
  /** Whole days that audit records are kept. Unset: for ever. */
  auditRetentionDays: 'CONFIG_AUDIT_RETENTION_DAYS',
  /** `none`: records carry no values. Unset: they do. */
  auditValues: 'CONFIG_AUDIT_VALUES',
  /** Name of the bucket that audit records are archived in. Unset: they are not. */
  auditArchive: 'CONFIG_AUDIT_ARCHIVE_BUCKET',
  /** Name or ARN of the table of replication rules. */
  replicationTable: 'CONFIG_REPLICATION_TABLE',
  /** URL of the handler's own queue: by it a message comes back soon, and the reconciler and the replicator go on. */
  queueUrl: 'CONFIG_QUEUE_URL',
  /** URL of the queue that a handler sends what it can never handle to. */
  deadLetterQueueUrl: 'CONFIG_DEAD_LETTER_QUEUE_URL',
  /** Times that a message is received before it is given up. */
  maxReceiveCount: 'CONFIG_MAX_RECEIVE_COUNT',
  /** Name of the footprint parameter, for clients. */
  footprint: 'CONFIG_FOOTPRINT',
} as const;

/** Value of `CONFIG_AUDIT_VALUES` with which records carry no values. */
export const CONFIG_AUDIT_VALUES_NONE = 'none';

/** The cache table's key, TTL attribute and index (the seed's names where it has one). */
export const CONFIG_CACHE_KEY = { partition: 'parameter_name', ttl: 'ttl' } as const;

/** Index by which a client reads only what has changed: one query a shard, `changed` above its watermark. */
export const CONFIG_CACHE_INDEX = { name: 'ChangesIndex', partition: 'change_shard', sort: 'changed' } as const;

/** Attributes of a row of the cache table: metadata only, never a value. One row a parameter, updated in place. */
export const CONFIG_CACHE_ATTRIBUTE = {
  ...CONFIG_CACHE_KEY,
  /** String: `ACTIVE` or `DELETED`. */
  state: 'state',
  /** Number: Parameter Store's version; of a deleted parameter the last one known. */
  version: 'version',
  /** Number: Parameter Store's modification time. */
  lastModified: 'last_modified',
  /** String: ARN of who wrote the version. */
  lastModifiedUser: 'last_modified_user',
  type: 'type',
  tier: 'tier',
  keyId: 'key_id',
  dataType: 'data_type',
  description: 'description',
  allowedPattern: 'allowed_pattern',
  /** String: JSON array of the parameter's policies. */
  policies: 'policies',
  /** Number: raised by every write of the row; a write states the one that it replaces. */
  revision: 'revision',
  /** String: shard of the index of changes, by `changeShard`. Rows about the table itself have none, so the index leaves them out. */
  changeShard: CONFIG_CACHE_INDEX.partition,
  /** Number: when the row was written; never less than before. */
  changed: CONFIG_CACHE_INDEX.sort,
} as const;

export const CONFIG_STATE = { active: 'ACTIVE', deleted: 'DELETED' } as const;

/** Shards of the index of changes. Each takes a thousand writes a second. */
export const CONFIG_CHANGE_SHARDS = 8;

/** FNV-1a over a text's UTF-16 code units, so that handlers and clients in any language agree. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Shard of a name. */
export function changeShard(name: string): string {
  return String(hashOf(name) % CONFIG_CHANGE_SHARDS);
}

/**
 * A row is visible at most this long after the time that it bears: handlers give up a write before. A client reads again from so
 * long before its watermark, and takes no watermark that is later than its own time: a handler's clock may be ahead.
 */
export const CONFIG_CHANGE_OVERLAP_MS = 5 * 60_000;

/**
 * Row about the cache table itself; `#` begins no parameter's name. Its `epoch` (String) changes when the table is built anew:
 * then a client's copy is worth nothing. `reconciled` (Number) is the beginning of the last reconciliation that came to its end.
 */
export const CONFIG_CACHE_META = { name: '#meta', epoch: 'epoch', reconciled: 'reconciled' } as const;

/** The audit table's key and TTL attribute. */
export const CONFIG_AUDIT_KEY = { partition: 'parameter_name', sort: 'record_id', ttl: 'ttl' } as const;

/** Index by time: partition `<namespace>#<YYYY-MM-DD>` (UTC), sorted by record id. */
export const CONFIG_AUDIT_TIME_INDEX = { name: 'ByTimeIndex', partition: 'by_time', sort: CONFIG_AUDIT_KEY.sort } as const;

/** Index by actor: partition `<namespace>#<ARN of who did it>`, sorted by record id. */
export const CONFIG_AUDIT_ACTOR_INDEX = { name: 'ByActorIndex', partition: 'by_actor', sort: CONFIG_AUDIT_KEY.sort } as const;

/** Attributes of an audit record. Records are written once and never changed. */
export const CONFIG_AUDIT_ATTRIBUTE = {
  ...CONFIG_AUDIT_KEY,
  /** String: what was done, by `CONFIG_ACTION`. */
  action: 'action',
  /** Number: when it was done, as Parameter Store says. For a deletion that no event told: when it was found. */
  time: 'time',
  /** Number: only of a deletion that no event told; it happened after this. */
  notBefore: 'not_before',
  /** Number: version that was written or labelled. */
  version: 'version',
  type: 'type',
  tier: 'tier',
  keyId: 'key_id',
  dataType: 'data_type',
  description: 'description',
  allowedPattern: 'allowed_pattern',
  policies: 'policies',
  /** String: as Parameter Store gives it without decryption: of a SecureString, the ciphertext. Absent: not known, or not kept. */
  value: 'value',
  /** List of String: labels that were moved to the version. */
  labels: 'labels',
  /** String: ARN of who did it. Absent: not known. */
  user: 'user',
  sourceIp: 'source_ip',
  userAgent: 'user_agent',
  /** String: id of the event that told of it. */
  eventId: 'event_id',
  /** String: where the record is from, by `CONFIG_RECORD_SOURCE`. */
  source: 'record_source',
  byTime: CONFIG_AUDIT_TIME_INDEX.partition,
  byActor: CONFIG_AUDIT_ACTOR_INDEX.partition,
} as const;

/** What an audit record says was done: the API's own names, and the policy's. */
export const CONFIG_ACTION = {
  put: 'PutParameter',
  delete: 'DeleteParameter',
  deleteMany: 'DeleteParameters',
  label: 'LabelParameterVersion',
  unlabel: 'UnlabelParameterVersion',
  expire: 'Expiration',
} as const;

/** Where an audit record is from: an event, Parameter Store's history of the parameter, or the reconciler's own conclusion. */
export const CONFIG_RECORD_SOURCE = { event: 'event', history: 'history', reconciler: 'reconciler' } as const;

const instant = (time: number): string => String(Math.trunc(time)).padStart(15, '0');

/**
 * Record ids. They sort by time, and those of one instant by kind: what ends a parameter (`D`) comes before what begins it anew.
 * A put is Parameter Store's own record, so an event, its duplicate and the history give one and the same id.
 * A deletion's event has whole seconds: in the log it follows what it ended within that second. So two copies of its event that are carried out
 * at the same moment, while a put of that second is, may leave two records; readers take those of one event id for one. A concluded deletion
 * (with `not_before`) and one that an event tells of later are one deletion, if the event's time lies from `not_before`, in whole seconds, to
 * the concluded one's `time`.
 */
export const CONFIG_RECORD_ID = {
  put: (lastModified: number, version: number): string => `${instant(lastModified)}#P#${String(version).padStart(10, '0')}`,
  /** A put of which only an event is left: the parameter is gone, and its history with it. The event's time has whole seconds. */
  lostPut: (time: number, eventId: string): string => `${instant(time)}#P#~${eventId}`,
  delete: (time: number, eventId: string): string => `${instant(time)}#D#${eventId}`,
  /** A deletion that no event told: directly after the last record of what was deleted. */
  impliedDelete: (lastRecordId: string): string => `${lastRecordId}#D`,
  label: (time: number, eventId: string): string => `${instant(time)}#L#${eventId}`,
  /** Least id of a time, for queries. */
  since: (time: number): string => instant(time),
} as const;

/** Partition keys of the audit table's indexes. */
export const configAuditByTime = (namespace: string, time: number): string => `${namespace}#${new Date(time).toISOString().slice(0, 10)}`;
export const configAuditByActor = (namespace: string, user: string): string => `${namespace}#${user}`;

export const CONFIG_ARCHIVE_PREFIX = 'audit/';

/** Amazon S3's limit, in bytes. */
const MAX_OBJECT_KEY_LENGTH = 1_024;

/** Digits of a hash at most, and the `~` before it: it is in no parameter's name. */
const HASH_LENGTH = 11;

/**
 * Key of a record's object in the archive: `audit/<name, without its first slash>/<record id>.json`. Of a name that is too long for that,
 * the beginning, `~` and its hash stand for it.
 */
export function configArchiveKey(name: string, recordId: string): string {
  const file = `/${recordId}.json`;
  const room = MAX_OBJECT_KEY_LENGTH - CONFIG_ARCHIVE_PREFIX.length - file.length;
  const folder = name.replace(/^\//, '');
  return `${CONFIG_ARCHIVE_PREFIX}${folder.length <= room ? folder : `${folder.slice(0, room - HASH_LENGTH)}~${hashOf(name)}`}${file}`;
}

/**
 * The table of replication rules. A rule to copy is one row; a rule to merge has one row for each of its sources, all with the same
 * template, so that a source's changes find it by one query. A rule whose rows do not agree is being written: it does not apply yet.
 */
export const CONFIG_RULE_KEY = { partition: 'destination', sort: 'source' } as const;

/** Index by source. */
export const CONFIG_RULE_INDEX = { name: 'BySourceIndex', partition: 'source', sort: 'destination' } as const;

/** Attributes of a row of a replication rule. */
export const CONFIG_RULE_ATTRIBUTE = {
  /** String: name of the parameter that is written, or its ARN where it is in another account or Region. */
  destination: CONFIG_RULE_KEY.partition,
  /** String: name of a parameter that is read. */
  source: CONFIG_RULE_KEY.sort,
  /** String: `copy` or `merge`. */
  type: 'type',
  /** String, of `merge`: text with `${/name}` and `${/name:uri}` for values of sources, `$$` for a dollar sign. */
  template: 'template',
  /** String: key that encrypts the destination. Absent: the one it has, else the account's default key for Parameter Store. */
  keyId: 'key_id',
  /** String: ARN of a role that is assumed to write the destination. */
  roleArn: 'role_arn',
  /** String, of `copy`: `retain` (default) or `delete` the destination when the source is deleted. */
  onSourceDelete: 'on_source_delete',
  /** String: who has written the rule: `app` for those that a construct declares. */
  writtenBy: 'written_by',
} as const;

export const CONFIG_RULE_TYPE = { copy: 'copy', merge: 'merge' } as const;
export const CONFIG_ON_SOURCE_DELETE = { retain: 'retain', delete: 'delete' } as const;
export const CONFIG_RULE_BY_APP = 'app';

/**
 * Rows that only a deployment writes, by the replicator's custom resource: what rules are allowed. Their partitions begin with `#`, so
 * no permission for a path reaches them.
 * - a scope: partition `#scope`, sort key `#<n> <owner>`: rules may read from the paths in `sources` and write to those in `destinations`;
 * - a rule that the app declares: partition `#declared`, sort key `#<destination>`, with the attributes of its row, and `sources`.
 */
export const CONFIG_ALLOWED = {
  scope: '#scope',
  declared: '#declared',
  /** List of String. */
  sources: 'sources',
  /** List of String. */
  destinations: 'destinations',
  /** String: the custom resource that has written the row; only it removes it. */
  owner: 'owner',
  sortKey: (of: string): string => `#${of}`,
} as const;

/** Description of a parameter that replication has written begins with this; the sources follow. */
export const CONFIG_REPLICA_DESCRIPTION = 'Replicated from ';

/**
 * The footprint parameter: a JSON object by which clients find what is deployed.
 * Its name begins with this path, then the footprint's own name.
 */
export const CONFIG_FOOTPRINT_PATH = '/cache-tiers/footprints/';

/** Version of the footprint's form. */
export const CONFIG_FOOTPRINT_VERSION = 1;

/** Members of the footprint's JSON. Absent: that part is not deployed. */
export const CONFIG_FOOTPRINT_MEMBER = {
  version: 'version',
  namespaces: 'namespaces',
  cacheTable: 'cacheTable',
  auditTable: 'auditTable',
  auditArchive: 'auditArchive',
  replicationTable: 'replicationTable',
  reconcilerQueueUrl: 'reconcilerQueueUrl',
  /** Whole days that a deleted parameter's row is kept. Absent: at least one. A client's copy that is older is read anew. */
  tombstoneDays: 'tombstoneDays',
} as const;

/** CloudWatch namespace of the handlers' metrics. */
export const CONFIG_METRIC_NAMESPACE = 'CdkCacheTiers/Config';

/** The one dimension of the handlers' metrics: the handler's function name. */
export const CONFIG_DIMENSION = 'FunctionName';

/** Metric names; all are counts but `EventAge`, in milliseconds. */
export const CONFIG_METRIC = {
  /** Changes that were carried out. */
  eventsHandled: 'EventsHandled',
  /** Messages that can never be handled: they went to the dead letters with their reason. */
  eventsRejected: 'EventsRejected',
  /** Events of failed calls, of other namespaces, of no consequence. */
  eventsIgnored: 'EventsIgnored',
  /** Changes that were told more than once, or that somebody else had carried out already. */
  eventsDuplicated: 'EventsDuplicated',
  /** Changes that were told more than five minutes after they happened. */
  eventsLate: 'EventsLate',
  /** Time from a change to its handling. */
  eventAge: 'EventAge',
  /** Parameters that were walked. */
  parametersWalked: 'ParametersWalked',
  /** Rows or records that were found wrong or missing. */
  driftFound: 'DriftFound',
  /** Of these, the ones that were repaired. */
  driftRepaired: 'DriftRepaired',
  /** Reconciliations that came to their end. */
  reconciliations: 'Reconciliations',
  /** Destinations that were written. */
  replicated: 'Replicated',
  /** Rules that could not be carried out: access denied, a service's error, a wrong value. */
  rulesFailing: 'RulesFailing',
  /** Rules that are refused: out of scope, in a cycle, malformed. */
  rulesRejected: 'RulesRejected',
  /** Rules that wait for a source that does not exist. */
  sourcesMissing: 'SourcesMissing',
} as const;

/** An event this much older than its handling counts as late, in milliseconds. */
export const CONFIG_LATE_MS = 5 * 60_000;
