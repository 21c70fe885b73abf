import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IParameterChanges } from './iparameter-changes';
import { ParameterConsumerOptions } from './parameter-consumer-options';

/** How changes of parameters are recorded. */
export interface ConfigAuditorProps extends ParameterConsumerOptions {
  /** The changes that are recorded. */
  readonly changes: IParameterChanges;

  /**
   * A table to use instead of a new one, with the keys `parameter_name` and `record_id`, the TTL attribute `ttl`, and the indexes
   * `ByTimeIndex` (`by_time`, `record_id`) and `ByActorIndex` (`by_actor`, `record_id`). All keys are strings.
   *
   * @default - a table is defined
   */
  readonly table?: dynamodb.ITable;

  /**
   * Name of the table. A table with a name of its own cannot be replaced in one deployment.
   *
   * @default - CloudFormation generates the table's name
   */
  readonly tableName?: string;

  /**
   * Customer managed key that encrypts the table and the archive. Permissions on the log include its use, through the service only.
   * A `table` that is given keeps the key that it has.
   *
   * @default - keys that DynamoDB and Amazon S3 own, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table and the archive, as far as they are defined here, when they leave the stack.
   *
   * With DESTROY the whole history is lost, also of parameters that Parameter Store itself has no history of any more.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table is protected against deletion.
   *
   * @default - true, unless `removalPolicy` is DESTROY
   */
  readonly deletionProtection?: boolean;

  /**
   * Whether the table can be restored to any second of the last 35 days. Billed by size.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * Whether the table refuses everybody, by its own policy, to change or delete a record. Only its time to live removes records then.
   * Whoever may write the table's policy can take this off again.
   *
   * @default true
   */
  readonly immutable?: boolean;

  /**
   * How long records are kept in the table, in whole days. The archive keeps them longer.
   *
   * @default - for ever
   */
  readonly retention?: Duration;

  /**
   * Whether records have the values, as Parameter Store has them: of a SecureString the ciphertext, of others the text. Without values
   * the log says who changed what and when, and nothing can be restored from it.
   *
   * @default true
   */
  readonly storeValues?: boolean;

  /**
   * Whether to define a bucket that gets a copy of each record, for longer than the table's `retention`.
   *
   * @default - true if `archiveBucket` is given, otherwise false
   */
  readonly archive?: boolean;

  /**
   * A bucket that gets a copy of each record, below `audit/`.
   *
   * @default - none, or a new one if `archive` is true
   */
  readonly archiveBucket?: s3.IBucket;
}

/** What is known of an audit log that is defined elsewhere. */
export interface ConfigAuditorAttributes {
  /**
   * Name of the table, in the stack's account and Region.
   *
   * @default - taken from `configAuditorTableArn`; one of the two must be given
   */
  readonly configAuditorTableName?: string;

  /**
   * ARN of the table, in any account and Region.
   *
   * @default - made from `configAuditorTableName`; one of the two must be given
   */
  readonly configAuditorTableArn?: string;

  /**
   * Paths whose parameters are recorded. Without them nobody can be granted to read by time or by actor but who may read all.
   *
   * @default - not known
   */
  readonly namespaces?: string[];

  /**
   * Customer managed key that encrypts the table.
   *
   * @default - a key of AWS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bucket that has a copy of each record.
   *
   * @default - none
   */
  readonly archiveBucket?: s3.IBucket;

  /**
   * How long records are kept. Of account only for a reconciler that adds records.
   *
   * @default - for ever
   */
  readonly retention?: Duration;

  /**
   * Whether records have values. Of account only for a reconciler that adds records.
   *
   * @default true
   */
  readonly storeValues?: boolean;
}
