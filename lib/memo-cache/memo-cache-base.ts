import { Resource, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bindCache, tableFrom } from './bind';
import { IMemoCache } from './imemo-cache';
import { MemoCacheGrants, MemoCacheGrantsProps, replicaArn } from './memo-cache-grants';
import { MEMO_METRIC_DIMENSION, MEMO_ENVIRONMENT, MEMO_METRIC, MEMO_METRICS_EMF, MEMO_METRIC_NAMESPACE } from '../contract/memo';
import { show, validationError } from '../private/errors';
import { percentage } from '../private/percentage';

/** The operations that the client uses, for DynamoDB's metrics that are counted per operation. */
const OPERATIONS = [
  dynamodb.Operation.GET_ITEM,
  dynamodb.Operation.BATCH_GET_ITEM,
  dynamodb.Operation.PUT_ITEM,
  dynamodb.Operation.UPDATE_ITEM,
  dynamodb.Operation.DELETE_ITEM,
  dynamodb.Operation.BATCH_WRITE_ITEM,
];

/** What a cache is made of: what permissions are granted on, and what its functions are told. */
export interface MemoCacheParts extends MemoCacheGrantsProps {
  readonly clientMetrics: boolean;
}

/**
 * What defined and imported caches have in common.
 *
 * @internal
 */
export abstract class MemoCacheBase extends Resource implements IMemoCache {
  /** @internal */
  protected abstract readonly _parts: MemoCacheParts;

  public get table(): dynamodb.ITable {
    return this._parts.table;
  }

  public get overflowBucket(): s3.IBucket | undefined {
    return this._parts.overflowBucket;
  }

  public get encryptionKey(): kms.IKey | undefined {
    return this._parts.encryptionKey;
  }

  public get replicaRegions(): string[] {
    return [...this._parts.replicaRegions ?? []];
  }

  public get memoCacheTableName(): string {
    return this.table.tableName;
  }

  public get memoCacheTableArn(): string {
    return this.table.tableArn;
  }

  public get grants(): MemoCacheGrants {
    return new MemoCacheGrants(this._parts);
  }

  public get environment(): { [name: string]: string } {
    return {
      [MEMO_ENVIRONMENT.table]: tableFrom(this.table, Stack.of(this).account),
      [MEMO_ENVIRONMENT.region]: this.table.env.region,
      ...(this.overflowBucket && { [MEMO_ENVIRONMENT.bucket]: this.overflowBucket.bucketName }),
      ...(this._parts.clientMetrics && { [MEMO_ENVIRONMENT.metrics]: MEMO_METRICS_EMF }),
    };
  }

  public bind(fn: lambda.Function): iam.Grant {
    const { region } = fn.env;
    if (region !== this.table.env.region && this.replicaRegions.includes(region)) return this.replica(region).bind(fn);
    bindCache(this, fn);
    return this.grantReadWrite(fn);
  }

  public replica(region: string): IMemoCache {
    if (!this.replicaRegions.includes(region)) {
      throw validationError(this, `region is ${show(region)}, replicaRegions are ${show(this.replicaRegions)}: name one of them`);
    }
    const id = `Replica-${region}`;
    const existing = this.node.tryFindChild(id) as ImportedMemoCache | undefined;
    return existing ?? new ImportedMemoCache(this, id, {
      tableArn: replicaArn(this.table, region),
      encryptionKey: this._parts.replicaEncryptionKeys?.[region],
      clientMetrics: this._parts.clientMetrics,
    });
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grants.read(grantee);
  }

  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readWrite(grantee);
  }

  public grantFlush(grantee: iam.IGrantable): iam.Grant {
    return this.grants.flush(grantee);
  }

  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: MEMO_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [MEMO_METRIC_DIMENSION]: this.memoCacheTableName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }

  public metricCalls(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.calls, options);
  }

  public metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    const [memory, table, joins] = [this.metricMemoryHits(options), this.metricTableHits(options), this.metricJoins(options)];
    return percentage({
      label: 'Hit rate (%)',
      // The client writes no zeros, and without FILL the sum has no value where one of its parts has none.
      expression: '100 * (FILL(memory, 0) + FILL(table, 0) + FILL(joins, 0)) / calls',
      usingMetrics: { memory, table, joins, calls: this.metricCalls(options) },
    }, options);
  }

  public metricMemoryHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.memoryHits, options);
  }

  public metricTableHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.tableHits, options);
  }

  public metricJoins(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.joins, options);
  }

  public metricStaleHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.staleHits, options);
  }

  public metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.executions, options);
  }

  public metricExecutionErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.executionErrors, options);
  }

  public metricLeaseWaits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.leaseWaits, options);
  }

  public metricWrites(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.writes, options);
  }

  public metricFenced(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.fenced, options);
  }

  public metricTableErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.tableErrors, options);
  }

  public metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.bypasses, options);
  }

  public metricUnstorable(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.unstorable, options);
  }

  public metricLatencySaved(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MEMO_METRIC.latencySaved, options);
  }

  public metricConsumedReadCapacityUnits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricConsumedReadCapacityUnits(options);
  }

  public metricConsumedWriteCapacityUnits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricConsumedWriteCapacityUnits(options);
  }

  public metricThrottledRequests(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.table.metricThrottledRequestsForOperations({ operations: OPERATIONS, ...options });
  }

  public metricSystemErrors(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.table.metricSystemErrorsForOperations({ operations: OPERATIONS, ...options });
  }

  public metricUserErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricUserErrors(options);
  }

  public metricConditionalCheckFailedRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricConditionalCheckFailedRequests(options);
  }

  public metricSuccessfulRequestLatency(operation: dynamodb.Operation, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricSuccessfulRequestLatency({ ...options, dimensionsMap: { TableName: this.memoCacheTableName, Operation: operation } });
  }
}

export interface ImportedMemoCacheProps extends Omit<MemoCacheParts, 'table'> {
  readonly tableArn: string;
}

/** A cache that is defined elsewhere. Here because a cache's replica is one, seen from the cache. */
export class ImportedMemoCache extends MemoCacheBase {
  /** @internal */
  protected readonly _parts: MemoCacheParts;

  constructor(scope: Construct, id: string, props: ImportedMemoCacheProps) {
    super(scope, id, { environmentFromArn: props.tableArn });
    const { tableArn, encryptionKey } = props;
    this._parts = { ...props, table: dynamodb.TableV2.fromTableAttributes(this, 'Table', { tableArn, encryptionKey }) };
  }
}
