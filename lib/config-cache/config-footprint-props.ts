import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IConfigAuditor } from './iconfig-auditor';
import { IConfigCache } from './iconfig-cache';
import { ParameterChangeSource } from './iparameter-changes';
import { ParameterConsumerOptions } from './parameter-consumer-options';
import { ParameterTrail } from './parameter-trail';
import { ReplicationRule } from './replication-rule';
import { ReplicationScope } from './replication-scope';

/**
 * How the config tier is defined as a whole. Options of handlers and queues hold for all of its handlers; where each is to have its
 * own, define `ParameterChanges`, `ConfigCache`, `ConfigAuditor` and `ConfigReplication` yourself.
 */
export interface ConfigFootprintProps extends ParameterConsumerOptions {
  /**
   * Paths that are followed. `/app` has `/app` and `/app/db`, and not `/apple`; `/` has all parameters of the account and Region.
   */
  readonly namespaces: string[];

  /**
   * Name of the footprint, by which clients choose it: letters, digits, underscores, hyphens and full stops.
   *
   * @default - a name that is made of the construct's path
   */
  readonly footprintName?: string;

  /**
   * Whether the tables have the names `figgy-config-cache`, `figgy-config-auditor` and `figgy-config-replication`. Then there can be
   * one such footprint in an account and Region, and a table cannot be replaced in one deployment.
   *
   * @default false
   */
  readonly seedNames?: boolean;

  /**
   * Where changes are told from.
   *
   * @default ParameterChangeSource.NATIVE
   */
  readonly source?: ParameterChangeSource;

  /**
   * The trail that the events of `ParameterChangeSource.CLOUDTRAIL` need.
   *
   * @default ParameterTrail.none()
   */
  readonly trail?: ParameterTrail;

  /**
   * Customer managed key that encrypts the tables and the archive.
   *
   * @default - keys that AWS owns, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to tables and archive when they leave the stack.
   *
   * @default - the table of names, which is a cache, is destroyed; the log of changes and the replication rules are retained
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * When everything is compared with Parameter Store, and all replication rules are carried out, whatever events have told.
   *
   * @default - every 30 minutes
   */
  readonly reconciliation?: events.Schedule;

  /**
   * Whether the deployment starts an import of what exists. The deployment does not wait for it, and does not fail with it.
   *
   * @default true
   */
  readonly initialImport?: boolean;

  /**
   * How long the table of names knows that a parameter was deleted.
   *
   * @default Duration.days(30)
   */
  readonly tombstoneRetention?: Duration;

  /**
   * Whether changes are recorded.
   *
   * @default true
   */
  readonly audit?: boolean;

  /**
   * How long records of changes are kept in the table, in whole days.
   *
   * @default - for ever
   */
  readonly auditRetention?: Duration;

  /**
   * Whether records have the values, as Parameter Store has them: of a SecureString the ciphertext, of others the text.
   *
   * @default true
   */
  readonly auditValues?: boolean;

  /**
   * Whether to define a bucket that gets a copy of each record.
   *
   * @default - true if `auditArchiveBucket` is given, otherwise false
   */
  readonly auditArchive?: boolean;

  /**
   * A bucket that gets a copy of each record, below `audit/`.
   *
   * @default - none, or a new one if `auditArchive` is true
   */
  readonly auditArchiveBucket?: s3.IBucket;

  /**
   * Whether parameters are replicated.
   *
   * @default true
   */
  readonly replication?: boolean;

  /**
   * Replication rules that the app declares.
   *
   * @default - none
   */
  readonly replicationRules?: ReplicationRule[];

  /**
   * What replication rules may do that people write as rows of the table.
   *
   * @default - only the rules that the app declares are carried out
   */
  readonly replicationScopes?: ReplicationScope[];

  /**
   * A table to use for names instead of a new one, as `ConfigCache` takes it.
   *
   * @default - a table is defined
   */
  readonly cacheTable?: dynamodb.ITable;

  /**
   * A table to use for the log of changes instead of a new one, as `ConfigAuditor` takes it.
   *
   * @default - a table is defined
   */
  readonly auditTable?: dynamodb.ITable;

  /**
   * A table to use for replication rules instead of a new one, as `ConfigReplication` takes it.
   *
   * @default - a table is defined
   */
  readonly replicationTable?: dynamodb.ITable;
}

/** What is known of a footprint that is defined elsewhere. */
export interface ConfigFootprintAttributes {
  /** Name of the footprint. */
  readonly footprintName: string;

  /** The table of names. */
  readonly cache: IConfigCache;

  /**
   * The log of changes.
   *
   * @default - none, or not known
   */
  readonly auditor?: IConfigAuditor;

  /**
   * Paths that are followed.
   *
   * @default - not known
   */
  readonly namespaces?: string[];
}
