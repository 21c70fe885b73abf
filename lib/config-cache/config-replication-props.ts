import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IParameterChanges } from './iparameter-changes';
import { ParameterConsumerOptions } from './parameter-consumer-options';
import { ReplicationRule } from './replication-rule';
import { ReplicationScope } from './replication-scope';

/** How parameters are replicated. */
export interface ConfigReplicationProps extends ParameterConsumerOptions {
  /** Changes that make rules be carried out: of their sources, and of their destinations. */
  readonly changes: IParameterChanges;

  /**
   * Rules that the app declares. The replicator gets rights on exactly their sources and destinations.
   *
   * @default - none
   */
  readonly rules?: ReplicationRule[];

  /**
   * What rules may do that people write as rows of the table. Without a scope such a rule is refused.
   *
   * @default - only the rules that the app declares are carried out
   */
  readonly scopes?: ReplicationScope[];

  /**
   * When all rules are carried out, whatever events have told.
   *
   * @default - every 30 minutes
   */
  readonly reconciliation?: events.Schedule;

  /**
   * A table to use instead of a new one, with the keys `destination` and `source`, the index `BySourceIndex` (`source`, `destination`)
   * and a stream. All keys are strings.
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
   * Customer managed key that encrypts the table. It does not encrypt what is replicated: rules say which key does.
   *
   * @default - a key that DynamoDB owns, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the table, if it is defined here, when it leaves the stack. With DESTROY the rules that people have written are
   * lost; those of the app are in the app. Replicas stay as they are.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table is protected against deletion.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * Whether the table can be restored to any second of the last 35 days. Billed by size, which is small.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
}

/** What is known of a replication that is defined elsewhere. */
export interface ConfigReplicationAttributes {
  /**
   * Name of the table of rules, in the stack's account and Region.
   *
   * @default - taken from `configReplicationTableArn`; one of the two must be given
   */
  readonly configReplicationTableName?: string;

  /**
   * ARN of the table of rules, in any account and Region.
   *
   * @default - made from `configReplicationTableName`; one of the two must be given
   */
  readonly configReplicationTableArn?: string;

  /**
   * Customer managed key that encrypts the table.
   *
   * @default - a key of AWS
   */
  readonly encryptionKey?: kms.IKey;
}
