import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConfigAuditor } from './iconfig-auditor';
import { IParameterChanges } from './iparameter-changes';
import { ParameterConsumerOptions } from './parameter-consumer-options';

/** How a config cache is defined. */
export interface ConfigCacheProps extends ParameterConsumerOptions {
  /** Changes that the cache follows. */
  readonly changes: IParameterChanges;

  /**
   * A table to use instead of a new one, with the key `parameter_name`, a string, the TTL attribute `ttl`, and the index
   * `ChangesIndex` with the keys `change_shard`, a string, and `changed`, a number.
   *
   * @default - a table is defined
   */
  readonly table?: dynamodb.ITable;

  /**
   * Name of the table.
   *
   * A table with a name of its own cannot be replaced in one deployment, and there can be one of it in an account and Region.
   *
   * @default - CloudFormation generates the table's name
   */
  readonly tableName?: string;

  /**
   * Customer managed key that encrypts the table.
   *
   * @default - a key that DynamoDB owns, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table when it leaves the stack. It is a cache: a new one fills itself from Parameter Store.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default false
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * How long the table knows that a parameter was deleted. A client that was away for longer reads all names anew.
   *
   * @default Duration.days(30)
   */
  readonly tombstoneRetention?: Duration;

  /**
   * Audit log that the reconciler completes as well, from Parameter Store's history of each parameter.
   *
   * @default - the reconciler repairs the cache only
   */
  readonly auditor?: IConfigAuditor;

  /**
   * When the reconciler compares everything with Parameter Store.
   *
   * @default - every 30 minutes
   */
  readonly reconciliation?: events.Schedule;

  /**
   * How long one invocation of the reconciler may take. One that is not done by then continues in another.
   *
   * @default Duration.minutes(15)
   */
  readonly reconcilerTimeout?: Duration;

  /**
   * Memory of the reconciler.
   *
   * @default Size.mebibytes(512)
   */
  readonly reconcilerMemorySize?: Size;

  /**
   * Whether the deployment starts a reconciliation, which imports what exists. The deployment does not wait for it.
   *
   * @default true
   */
  readonly initialImport?: boolean;
}

/** What is known of a config cache that is defined elsewhere. */
export interface ConfigCacheAttributes {
  /**
   * Name of the table, in the stack's account and Region.
   *
   * @default - taken from `configCacheTableArn`; one of the two must be given
   */
  readonly configCacheTableName?: string;

  /**
   * ARN of the table, in any account and Region.
   *
   * @default - made from `configCacheTableName`; one of the two must be given
   */
  readonly configCacheTableArn?: string;

  /**
   * Customer managed key that encrypts the table.
   *
   * @default - a key of AWS
   */
  readonly encryptionKey?: kms.IKey;
}
