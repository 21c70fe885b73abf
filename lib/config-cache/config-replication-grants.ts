import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { grantOnConfigTable, indexArn } from './config-table';
import { checkPath, pathKeys } from './parameter-paths';
import * as perms from './perms';
import { CONFIG_RULE_INDEX } from '../contract/config';

/** What permissions are granted on. */
export interface ConfigReplicationGrantsProps {
  /** The table of rules. */
  readonly table: dynamodb.ITable;

  /**
   * Key that encrypts the table.
   *
   * @default - the key that the table knows of, if any
   */
  readonly encryptionKey?: kms.IKey;
}

/** Permissions on replication rules: on their table, its index and its key. Parameters are not among them. */
export class ConfigReplicationGrants {
  private readonly props: ConfigReplicationGrantsProps;

  constructor(props: ConfigReplicationGrantsProps) {
    this.props = props;
  }

  /**
   * Permits to read all rules, by destination and by source. They hold names and templates, never a parameter's value.
   *
   * @param grantee who is permitted
   */
  public readRules(grantee: iam.IGrantable): iam.Grant {
    const { table, encryptionKey } = this.props;
    return grantOnConfigTable({
      table, encryptionKey, grantee, resourceArns: [table.tableArn, indexArn(table, CONFIG_RULE_INDEX.name)],
      actions: perms.RULES_READ_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
    });
  }

  /**
   * Permits to write rules whose destination lies in a path of this account and Region, and no others. A rule is carried out only if
   * the app declares it, or a scope has its sources and its destination: what nobody here can write.
   *
   * @param grantee who is permitted
   * @param destinationPrefix the path, such as `/app`: `/app` itself and what is below
   */
  public writeRules(grantee: iam.IGrantable, destinationPrefix: string): iam.Grant {
    const { table, encryptionKey } = this.props;
    checkPath(table, 'destinationPrefix', destinationPrefix);
    return grantOnConfigTable({
      table, encryptionKey, grantee, actions: perms.RULES_WRITE_ACTIONS, keyActions: perms.KEY_READ_WRITE_ACTIONS,
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': pathKeys(destinationPrefix) } },
    });
  }
}
