import { IResource } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfigReplicationGrants } from './config-replication-grants';

/** Rules by which parameters are kept equal to others. */
export interface IConfigReplication extends IResource {
  /**
   * Name of the table of rules.
   *
   * @attribute
   */
  readonly configReplicationTableName: string;

  /**
   * ARN of the table of rules.
   *
   * @attribute
   */
  readonly configReplicationTableArn: string;

  /** The table of rules. */
  readonly table: dynamodb.ITable;

  /** Key that encrypts the table, if it is not a key of AWS. */
  readonly encryptionKey?: kms.IKey;

  /** Permissions on rules. */
  readonly grants: ConfigReplicationGrants;

  /** Environment variables by which the client finds the rules. */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the rules to read: sets its environment variables and grants it to read, in one call.
   *
   * @param fn the function whose code reads rules
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * Permits to read all rules.
   *
   * @param grantee who is permitted
   */
  grantReadRules(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to write rules whose destination lies in a path. What they may do, scopes say.
   *
   * @param grantee who is permitted
   * @param destinationPrefix the path, such as `/app`
   */
  grantWriteRules(grantee: iam.IGrantable, destinationPrefix: string): iam.Grant;
}
