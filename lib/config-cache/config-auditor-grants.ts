import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { grantOnConfigTable, indexArn } from './config-table';
import { ROOT } from './namespaces';
import { NamespaceAccess } from './namespace-access';
import { grantOnParameters } from './parameter-grants';
import { checkPrefix, isWithin, pathKeys } from './parameter-paths';
import * as perms from './perms';
import { CONFIG_ARCHIVE_PREFIX, CONFIG_AUDIT_ACTOR_INDEX, CONFIG_AUDIT_TIME_INDEX } from '../contract/config';
import { grantOnBucketKey, grantOnObjects } from '../private/bucket-grants';

/** What permissions are granted on. */
export interface ConfigAuditorGrantsProps {
  /** The log's table. */
  readonly table: dynamodb.ITable;

  /**
   * Key that encrypts the table.
   *
   * @default - the key that the table knows of, if any
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bucket that has a copy of each record.
   *
   * @default - no bucket
   */
  readonly archiveBucket?: s3.IBucket;

  /**
   * Paths whose parameters are recorded.
   *
   * @default - not known: only who may read all is permitted to read by time and by actor
   */
  readonly namespaces?: string[];
}

/** Permissions on an audit log: on its table, its archive and the keys of both. None permits to write a record. */
export class ConfigAuditorGrants {
  private readonly props: ConfigAuditorGrantsProps;
  private readonly indexArns: string[];

  constructor(props: ConfigAuditorGrantsProps) {
    this.props = props;
    this.indexArns = [CONFIG_AUDIT_TIME_INDEX, CONFIG_AUDIT_ACTOR_INDEX].map(({ name }) => indexArn(props.table, name));
  }

  /**
   * Permits to read the records of the parameters of a path, with their values, and of no others: by name, and also by time and by
   * actor in the namespaces that the path has as a whole.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`: `/app` itself and what is below. `/` is the whole log
   */
  public read(grantee: iam.IGrantable, prefix: string): iam.Grant {
    const { table, namespaces = [] } = this.props;
    if (prefix === ROOT) return this.readAll(grantee);
    checkPrefix(table, prefix, namespaces);
    const grant = this.onTable(grantee, perms.AUDIT_READ_ACTIONS, [table.tableArn], pathKeys(prefix)).combine(this.onArchive(grantee, prefix));
    const whole = namespaces.filter((namespace) => isWithin(namespace, prefix));
    if (whole.length === 0) return grant;
    // Partitions of the indexes begin with the namespace and "#", which no name has.
    return grant.combine(this.onTable(grantee, perms.TABLE_INDEX_READ_ACTIONS, this.indexArns, whole.map((namespace) => `${namespace}#*`)));
  }

  /**
   * Permits to read the whole log, in any way: also to scan it, which rebuilding a state from it takes.
   *
   * @param grantee who is permitted
   */
  public readAll(grantee: iam.IGrantable): iam.Grant {
    return this.onTable(grantee, perms.AUDIT_READ_ALL_ACTIONS, [this.props.table.tableArn, ...this.indexArns])
      .combine(this.onArchive(grantee, ROOT));
  }

  /**
   * Permits to restore the parameters of a path to an earlier state: to read their records, and to read and write the parameters.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param parameterKeys keys that encrypt these parameters, now or in the past. Permits their use for these parameters only
   */
  public restore(grantee: iam.IGrantable, prefix: string, parameterKeys: kms.IKey[] = []): iam.Grant {
    return this.read(grantee, prefix).combine(grantOnParameters({
      scope: this.props.table, grantee, prefix, access: NamespaceAccess.WRITE, keys: parameterKeys,
    }));
  }

  private onTable(grantee: iam.IGrantable, actions: string[], resourceArns: string[], leadingKeys?: string[]): iam.Grant {
    const { table, encryptionKey } = this.props;
    return grantOnConfigTable({
      table, encryptionKey, grantee, actions, resourceArns, keyActions: perms.KEY_READ_ACTIONS,
      conditions: leadingKeys && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys } },
    });
  }

  private onArchive(grantee: iam.IGrantable, prefix: string): iam.Grant {
    const bucket = this.props.archiveBucket;
    if (bucket === undefined) return iam.Grant.drop(grantee, 'no archive');
    // The slash that ends the one is the slash that begins the other; the prefix may be a token, which cannot be cut.
    const objects = prefix === ROOT ? `${CONFIG_ARCHIVE_PREFIX}*` : `${CONFIG_ARCHIVE_PREFIX.slice(0, -1)}${prefix}/*`;
    return grantOnObjects(bucket, grantee, perms.ARCHIVE_READ_ACTIONS, [objects])
      .combine(grantOnBucketKey(bucket, grantee, perms.KEY_READ_ACTIONS));
  }
}
