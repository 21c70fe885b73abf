import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** How a memo cache is defined. */
export interface MemoCacheProps {
  /**
   * Environment that the cache serves: `prod` gives the table the name `cache-prod`.
   *
   * A table with a name of its own cannot be replaced in one deployment, and there can be one of it in an account and Region.
   *
   * @default - CloudFormation generates the table's name
   */
  readonly environmentName?: string;

  /**
   * Name of the table, in full. Not together with `environmentName`.
   *
   * @default - CloudFormation generates the table's name
   */
  readonly tableName?: string;

  /**
   * A table to use instead of a new one, with the keys `pk` and `sk`, both strings, and the TTL attribute `ttl`.
   *
   * @default - a table is defined
   */
  readonly table?: dynamodb.ITable;

  /**
   * Customer managed key that encrypts the table and the overflow bucket.
   *
   * AWS KMS bills requests; DynamoDB makes one per table and caller every five minutes at most.
   *
   * @default - keys that DynamoDB and Amazon S3 own, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Regions to replicate the table to. Values and invalidations arrive there within about a second; leases hold within a Region.
   *
   * Every write is billed in each Region. The stack's Region must be known at synthesis. The overflow bucket stays in that Region:
   * elsewhere the client keeps large values in parts, and computes anew what is in the bucket.
   *
   * @default - the table is in the stack's Region only
   */
  readonly replicaRegions?: string[];

  /**
   * Keys of the replicas, by Region. Needed if `encryptionKey` is given together with `replicaRegions`.
   *
   * @default - none
   */
  readonly replicaEncryptionKeys?: { [region: string]: kms.IKey };

  /**
   * Reads and writes per second that the table is ready for from its first second on, for launches with known load.
   *
   * Raising it is billed once, for the difference. It can be raised but not lowered.
   *
   * @default - what DynamoDB gives to a new table on demand: 12,000 read units and 4,000 write units
   */
  readonly warmThroughput?: dynamodb.WarmThroughput;

  /**
   * Upper limit of read request units per second. Bounds the bill: what exceeds it is throttled, and callers get their functions' values.
   *
   * @default - no limit but the account's
   */
  readonly maxReadRequestUnits?: number;

  /**
   * Upper limit of write request units per second. Bounds the bill: what exceeds it is not cached.
   *
   * @default - no limit but the account's
   */
  readonly maxWriteRequestUnits?: number;

  /**
   * Table class. Infrequent access pays only where storage is more than half of the table's cost, which is rare for a cache.
   *
   * @default dynamodb.TableClass.STANDARD
   */
  readonly tableClass?: dynamodb.TableClass;

  /**
   * Switches CloudWatch Contributor Insights on, to find hot keys. Billed per event.
   *
   * @default - off
   */
  readonly contributorInsights?: dynamodb.ContributorInsightsMode;

  /**
   * Whether the table can be restored to an earlier point in time. Billed by size; a cache has nothing to restore.
   *
   * @default false
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * Whether the table is protected against deletion.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * What happens to the table and the overflow bucket, as far as they are defined here, when they leave the stack.
   *
   * With the default all cached values are lost on deletion. They can be computed again: it is a cache.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether to define a bucket for values that are too large for the table. Without one they are kept in parts in the table.
   *
   * @default - true if `overflowBucket` is given, otherwise false
   */
  readonly overflow?: boolean;

  /**
   * A bucket in the table's Region to use for values that are too large for the table. Its lifecycle should expire what is below `memo/`.
   *
   * @default - none, or a new one if `overflow` is true
   */
  readonly overflowBucket?: s3.IBucket;

  /**
   * Age at which the new overflow bucket deletes values, in whole days. A value that is deleted before its time is computed again.
   *
   * @default Duration.days(30)
   */
  readonly overflowExpiration?: Duration;

  /**
   * Whether the new overflow bucket is emptied before it is deleted; CloudFormation cannot delete it otherwise.
   * Defines the CDK's own helper function for this, once per stack.
   *
   * @default - true if `removalPolicy` is DESTROY, otherwise false
   */
  readonly overflowAutoDeleteObjects?: boolean;

  /**
   * Whether functions that are bound to the cache publish the client's metrics, through their logs.
   *
   * CloudWatch bills each as a custom metric, per month in which it appears.
   *
   * @default true
   */
  readonly clientMetrics?: boolean;
}

/** What is known of a memo cache that is defined elsewhere. */
export interface MemoCacheAttributes {
  /**
   * Name of the table, in the stack's account and Region.
   *
   * @default - taken from `memoCacheTableArn`; one of the two must be given
   */
  readonly memoCacheTableName?: string;

  /**
   * ARN of the table, in any account and Region.
   *
   * @default - made from `memoCacheTableName`; one of the two must be given
   */
  readonly memoCacheTableArn?: string;

  /**
   * Customer managed key that encrypts the table.
   *
   * @default - a key of AWS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bucket of values that do not fit an item, in the table's Region.
   *
   * @default - none
   */
  readonly overflowBucket?: s3.IBucket;

  /**
   * Other Regions that the table is replicated to.
   *
   * @default - none
   */
  readonly replicaRegions?: string[];

  /**
   * Keys of the replicas, by Region.
   *
   * @default - none
   */
  readonly replicaEncryptionKeys?: { [region: string]: kms.IKey };

  /**
   * Whether functions that are bound to the cache publish the client's metrics, through their logs.
   *
   * @default true
   */
  readonly clientMetrics?: boolean;
}
