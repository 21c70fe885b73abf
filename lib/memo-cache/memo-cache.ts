import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { IMemoCache } from './imemo-cache';
import { ImportedMemoCache, MemoCacheBase, MemoCacheParts } from './memo-cache-base';
import { MemoCacheAttributes, MemoCacheProps } from './memo-cache-props';
import { checkBucketRegion, checkMemoCacheAttributes, checkMemoCacheProps } from './memo-cache-validation';
import { MEMO_KEY, MEMO_OBJECT_PREFIX } from '../contract/memo';
import { ABORT_UPLOADS, privateBucket } from '../private/private-bucket';
import { setTableKey, tableEncryption } from '../private/table-key';

/**
 * A DynamoDB table that memoized functions share their results through, with an optional bucket for large values.
 *
 * @stateful
 *
 * @example
 * declare const fn: lambda.Function;
 *
 * const cache = new MemoCache(this, 'Cache');
 * cache.bind(fn);
 */
export class MemoCache extends MemoCacheBase {
  /**
   * A cache that is defined elsewhere, by its table's name, in the stack's account and Region.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param tableName name of the table
   */
  public static fromTableName(scope: Construct, id: string, tableName: string): IMemoCache {
    return MemoCache.fromMemoCacheAttributes(scope, id, { memoCacheTableName: tableName });
  }

  /**
   * A cache that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromMemoCacheAttributes(scope: Construct, id: string, attrs: MemoCacheAttributes): IMemoCache {
    checkMemoCacheAttributes(scope, attrs);
    const { memoCacheTableName: resourceName, memoCacheTableArn } = attrs;
    const cache = new ImportedMemoCache(scope, id, {
      ...attrs,
      tableArn: memoCacheTableArn ?? Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName }),
      clientMetrics: attrs.clientMetrics ?? true,
    });
    checkBucketRegion(cache, cache.table, attrs.overflowBucket);
    return cache;
  }

  /** @internal */
  protected readonly _parts: MemoCacheParts;

  constructor(scope: Construct, id: string, props: MemoCacheProps = {}) {
    super(scope, id);
    checkMemoCacheProps(this, props);
    const { replicaRegions, replicaEncryptionKeys } = props;
    const table = props.table ?? this.defineTable(props);
    const overflowBucket = props.overflowBucket ?? (props.overflow ? this.defineBucket(props) : undefined);
    checkBucketRegion(this, table, overflowBucket);
    const encryptionKey = props.encryptionKey ?? props.table?.encryptionKey;
    this._parts = { table, encryptionKey, replicaRegions, replicaEncryptionKeys, overflowBucket, clientMetrics: props.clientMetrics ?? true };
  }

  /**
   * TableV2 (AWS::DynamoDB::GlobalTable) and not Table: CloudFormation itself adds and removes its replicas, where Table needs
   * a helper function with rights on all tables; and a table of one kind cannot become the other without moving its data, so
   * the one that can grow is the one to begin with. In one Region both cost the same.
   */
  private defineTable(props: MemoCacheProps): dynamodb.TableV2 {
    const key = props.encryptionKey;
    const table = new dynamodb.TableV2(this, 'Table', {
      tableName: props.tableName ?? (props.environmentName === undefined ? undefined : `cache-${props.environmentName}`),
      partitionKey: { name: MEMO_KEY.partition, type: dynamodb.AttributeType.STRING },
      sortKey: { name: MEMO_KEY.sort, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: MEMO_KEY.ttl,
      billing: dynamodb.Billing.onDemand({
        maxReadRequestUnits: props.maxReadRequestUnits,
        maxWriteRequestUnits: props.maxWriteRequestUnits,
      }),
      warmThroughput: props.warmThroughput,
      encryption: tableEncryption(this, key, keyArns(props.replicaEncryptionKeys)),
      replicas: props.replicaRegions?.map((region) => ({ region })),
      tableClass: props.tableClass,
      contributorInsightsSpecification: props.contributorInsights && { enabled: true, mode: props.contributorInsights },
      pointInTimeRecoverySpecification: props.pointInTimeRecovery ? { pointInTimeRecoveryEnabled: true } : undefined,
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    setTableKey(table, key);
    return table;
  }

  private defineBucket(props: MemoCacheProps): s3.Bucket {
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.DESTROY;
    return new s3.Bucket(this, 'Overflow', {
      ...privateBucket(props.encryptionKey),
      lifecycleRules: [{
        // Items leave the table by their time to live; nothing else deletes their objects.
        id: 'expire',
        prefix: MEMO_OBJECT_PREFIX,
        expiration: props.overflowExpiration ?? Duration.days(30),
      }, ABORT_UPLOADS],
      removalPolicy,
      autoDeleteObjects: props.overflowAutoDeleteObjects ?? removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}

function keyArns(keys: { [region: string]: kms.IKey } = {}): { [region: string]: string } {
  return Object.fromEntries(Object.entries(keys).map(([region, key]) => [region, key.keyArn]));
}
