import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { grantOnConfigTable, indexArn } from './config-table';
import * as perms from './perms';
import { CONFIG_CACHE_INDEX } from '../contract/config';

/** What permissions are granted on. */
export interface ConfigCacheGrantsProps {
  /** The table. */
  readonly table: dynamodb.ITable;

  /**
   * Key that encrypts the table.
   *
   * @default - the key that the table knows of, if any
   */
  readonly encryptionKey?: kms.IKey;
}

/** Permissions on a config cache: on its table, its index and its key. */
export class ConfigCacheGrants {
  private readonly props: ConfigCacheGrantsProps;

  constructor(props: ConfigCacheGrantsProps) {
    this.props = props;
  }

  /**
   * Permits to read names and metadata of all parameters in the cache, and what has changed.
   *
   * @param grantee who is permitted
   */
  public readNames(grantee: iam.IGrantable): iam.Grant {
    const { table, encryptionKey } = this.props;
    return grantOnConfigTable({
      table, encryptionKey, grantee, resourceArns: [table.tableArn, indexArn(table, CONFIG_CACHE_INDEX.name)],
      actions: perms.CACHE_READ_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
    });
  }

  /**
   * Permits to rebuild the table from an audit log: to compare its rows, and to write those that are missing or wrong. For an operator; whoever
   * works with parameters needs it not, for the handlers keep the table.
   *
   * @param grantee who is permitted
   */
  public rebuildNames(grantee: iam.IGrantable): iam.Grant {
    const { table, encryptionKey } = this.props;
    const onTable = grantOnConfigTable({
      table, encryptionKey, grantee, actions: perms.CACHE_REBUILD_ACTIONS, keyActions: perms.KEY_READ_WRITE_ACTIONS,
    });
    return onTable.combine(grantOnConfigTable({
      table, encryptionKey, grantee, resourceArns: [indexArn(table, CONFIG_CACHE_INDEX.name)],
      actions: perms.TABLE_INDEX_READ_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
    }));
  }
}

/** Permits a handler to keep rows in line with Parameter Store. */
export function grantKeepingRows({ table, encryptionKey }: ConfigCacheGrantsProps, grantee: iam.IGrantable): iam.Grant {
  return grantOnConfigTable({
    table, encryptionKey, grantee, actions: perms.CACHE_WRITE_ACTIONS, keyActions: perms.KEY_READ_WRITE_ACTIONS,
  });
}

/** Permits the reconciler to walk through the rows. */
export function grantWalkingRows({ table, encryptionKey }: ConfigCacheGrantsProps, grantee: iam.IGrantable): iam.Grant {
  const onTable = grantOnConfigTable({
    table, encryptionKey, grantee, actions: perms.CACHE_META_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
  });
  return onTable.combine(grantOnConfigTable({
    table, encryptionKey, grantee, resourceArns: [indexArn(table, CONFIG_CACHE_INDEX.name)],
    actions: perms.TABLE_INDEX_READ_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
  }));
}

/** Names and metadata. The action cannot be narrowed to parameters: IAM knows no resource for it. */
export function grantDescribingParameters(grantee: iam.IGrantable): iam.Grant {
  return iam.Grant.addToPrincipal({ grantee, actions: perms.DESCRIBE_PARAMETERS_ACTIONS, resourceArns: ['*'] });
}
