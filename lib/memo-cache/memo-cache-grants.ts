import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as perms from './perms';
import { MEMO_GENERATION_PREFIX, MEMO_OBJECT_PREFIX } from '../contract/memo';
import { grantListing, grantOnObjects } from '../private/bucket-grants';
import { Conditions, grantOnKey, grantOnTable } from '../private/grants';

/** What permissions are granted on. */
export interface MemoCacheGrantsProps {
  /** The table. */
  readonly table: dynamodb.ITable;

  /**
   * Key that encrypts the table.
   *
   * @default - the key that the table knows of, if any
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Regions that the table is replicated to.
   *
   * @default - none
   */
  readonly replicaRegions?: string[];

  /**
   * Keys that encrypt the replicas, by Region.
   *
   * @default - none
   */
  readonly replicaEncryptionKeys?: { [region: string]: kms.IKey };

  /**
   * Bucket of values that do not fit an item.
   *
   * @default - no bucket
   */
  readonly overflowBucket?: s3.IBucket;
}

/** Permissions on a memo cache: on its table and replicas, its overflow bucket and the keys of all of them. */
export class MemoCacheGrants {
  private readonly props: MemoCacheGrantsProps;
  private readonly tableArns: string[];
  private readonly keys: kms.IKey[];

  constructor(props: MemoCacheGrantsProps) {
    this.props = props;
    this.tableArns = [props.table.tableArn, ...(props.replicaRegions ?? []).map((region) => replicaArn(props.table, region))];
    const key = props.encryptionKey ?? props.table.encryptionKey;
    this.keys = [...(key ? [key] : []), ...Object.values(props.replicaEncryptionKeys ?? {})];
  }

  /**
   * Permits to read cached values, and what the table's own metadata says. For operators: a client needs `readWrite`.
   *
   * @param grantee who is permitted
   */
  public read(grantee: iam.IGrantable): iam.Grant {
    return this.onTable(grantee, perms.TABLE_READ_ACTIONS, perms.KEY_READ_ACTIONS)
      .combine(this.onBucket(grantee, perms.BUCKET_READ_ACTIONS, perms.KEY_READ_ACTIONS));
  }

  /**
   * Permits all that the client does: read, write and delete values, hold leases, raise generation counters.
   *
   * @param grantee who is permitted
   */
  public readWrite(grantee: iam.IGrantable): iam.Grant {
    return this.onTable(grantee, perms.TABLE_READ_WRITE_ACTIONS, perms.KEY_READ_WRITE_ACTIONS)
      .combine(this.onBucket(grantee, perms.BUCKET_READ_WRITE_ACTIONS, perms.KEY_READ_WRITE_ACTIONS));
  }

  /**
   * Permits to flush: to raise generation counters, and nothing else. Cached values can be neither read nor written.
   *
   * @param grantee who is permitted
   */
  public flush(grantee: iam.IGrantable): iam.Grant {
    return this.onTable(grantee, perms.TABLE_FLUSH_ACTIONS, perms.KEY_READ_WRITE_ACTIONS, {
      // True for a request without keys as well, but the action cannot be made without one.
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${MEMO_GENERATION_PREFIX}*`] },
    });
  }

  private onTable(grantee: iam.IGrantable, actions: string[], keyActions: string[], conditions?: Conditions): iam.Grant {
    const grant = grantOnTable({ table: this.props.table, grantee, actions, resourceArns: this.tableArns, conditions });
    return this.keys.reduce((all, key) => all.combine(grantOnKey(key, grantee, keyActions)), grant);
  }

  private onBucket(grantee: iam.IGrantable, actions: string[], keyActions: string[]): iam.Grant {
    const bucket = this.props.overflowBucket;
    if (bucket === undefined) return iam.Grant.drop(grantee, 'no overflow bucket');
    const grant = grantListing(bucket, grantee).combine(grantOnObjects(bucket, grantee, actions, [`${MEMO_OBJECT_PREFIX}*`]));
    const key = bucket.encryptionKey;
    return key === undefined || this.keys.includes(key) ? grant : grant.combine(grantOnKey(key, grantee, keyActions));
  }
}

/** ARN of a table's replica; replicas have the table's name. */
export function replicaArn(table: dynamodb.ITable, region: string): string {
  return Stack.of(table).formatArn({
    service: 'dynamodb', resource: 'table', resourceName: table.tableName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    region, account: table.env.account,
  });
}
