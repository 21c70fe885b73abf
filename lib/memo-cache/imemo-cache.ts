import { IResource } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MemoCacheGrants } from './memo-cache-grants';

/** A memo cache: the table that memoized functions share their results through. */
export interface IMemoCache extends IResource {
  /**
   * Name of the table.
   *
   * @attribute
   */
  readonly memoCacheTableName: string;

  /**
   * ARN of the table.
   *
   * @attribute
   */
  readonly memoCacheTableArn: string;

  /** The table. */
  readonly table: dynamodb.ITable;

  /** Bucket of values that do not fit an item, if there is one. */
  readonly overflowBucket?: s3.IBucket;

  /** Key that encrypts the table, if it is not a key of AWS. */
  readonly encryptionKey?: kms.IKey;

  /** Regions that the table is replicated to. */
  readonly replicaRegions: string[];

  /** Permissions on the cache. */
  readonly grants: MemoCacheGrants;

  /**
   * Environment variables by which the client finds the cache, for what `bind` cannot reach: a container, a function of
   * another provider. Grant its role `grantReadWrite` as well. In another account set `CACHE_TABLE` to `memoCacheTableArn`.
   */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the cache: sets its environment variables and grants it read and write, in one call.
   *
   * A function in the Region of a replica is given the replica, a function of another account the table's ARN.
   *
   * @param fn the function whose code memoizes
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * The cache as it is in the Region of a replica: the same table name, no overflow bucket.
   *
   * @param region one of `replicaRegions`
   */
  replica(region: string): IMemoCache;

  /**
   * Permits to read cached values, and what the table's own metadata says.
   *
   * @param grantee who is permitted
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits all that the client does.
   *
   * @param grantee who is permitted
   */
  grantReadWrite(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to flush, and nothing else.
   *
   * @param grantee who is permitted
   */
  grantFlush(grantee: iam.IGrantable): iam.Grant;

  /**
   * A metric of the client, by its name.
   *
   * Custom metrics are billed by CloudWatch, per metric and month.
   *
   * @param metricName name of the metric
   * @param options overrides
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Calls of memoized functions.
   *
   * @param options overrides
   */
  metricCalls(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Share of calls that needed no run of their own: answered from memory, from the table or by a call that was running. In percent.
   *
   * @param options overrides
   */
  metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric;

  /**
   * Calls that were answered from memory.
   *
   * @param options overrides
   */
  metricMemoryHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Calls that were answered from the table.
   *
   * @param options overrides
   */
  metricTableHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Calls that were answered by another call that was already running.
   *
   * @param options overrides
   */
  metricJoins(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Calls that were answered with a value past its time to live.
   *
   * @param options overrides
   */
  metricStaleHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Runs of the functions themselves.
   *
   * @param options overrides
   */
  metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Runs of the functions that failed.
   *
   * @param options overrides
   */
  metricExecutionErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Waits for another process that held a lease.
   *
   * @param options overrides
   */
  metricLeaseWaits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Values that were written to the table.
   *
   * @param options overrides
   */
  metricWrites(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Values that were not written because they were invalidated while they were computed.
   *
   * @param options overrides
   */
  metricFenced(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests to the table that failed. The callers got the functions' values.
   *
   * @param options overrides
   */
  metricTableErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests to the table that were not made because earlier ones had failed.
   *
   * @param options overrides
   */
  metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Values that could not be stored.
   *
   * @param options overrides
   */
  metricUnstorable(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Milliseconds that hits saved.
   *
   * @param options overrides
   */
  metricLatencySaved(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Read capacity that the table consumed.
   *
   * @param options overrides
   */
  metricConsumedReadCapacityUnits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Write capacity that the table consumed.
   *
   * @param options overrides
   */
  metricConsumedWriteCapacityUnits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests of the client's that DynamoDB throttled.
   *
   * @param options overrides
   */
  metricThrottledRequests(options?: cloudwatch.MetricOptions): cloudwatch.IMetric;

  /**
   * Requests of the client's that DynamoDB failed to serve.
   *
   * @param options overrides
   */
  metricSystemErrors(options?: cloudwatch.MetricOptions): cloudwatch.IMetric;

  /**
   * Wrong requests. DynamoDB counts them for the account and Region, not for the table.
   *
   * @param options overrides
   */
  metricUserErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Writes whose condition did not hold: leases that were taken, and fills that came too late. No cause for alarm.
   *
   * @param options overrides
   */
  metricConditionalCheckFailedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Latency of the table's successful requests, as DynamoDB measures it.
   *
   * @param operation the kind of request
   * @param options overrides
   */
  metricSuccessfulRequestLatency(operation: dynamodb.Operation, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
