import { IResource } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfigCacheGrants } from './config-cache-grants';

/** A config cache: the table of the names and metadata of parameters. */
export interface IConfigCache extends IResource {
  /**
   * Name of the table.
   *
   * @attribute
   */
  readonly configCacheTableName: string;

  /**
   * ARN of the table.
   *
   * @attribute
   */
  readonly configCacheTableArn: string;

  /** The table. */
  readonly table: dynamodb.ITable;

  /** Key that encrypts the table, if it is not a key of AWS. */
  readonly encryptionKey?: kms.IKey;

  /** Permissions on the cache. */
  readonly grants: ConfigCacheGrants;

  /**
   * Environment variables by which the client finds the cache, for what `bind` cannot reach. Grant its role `grantReadNames` as well.
   * In another account or Region set `CONFIG_CACHE_TABLE` to `configCacheTableArn`.
   */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the cache: sets its environment variables and grants it to read names, in one call. Values of parameters are
   * another matter: those it reads from Parameter Store, with permissions of its own.
   *
   * @param fn the function whose code reads names
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * Permits to read names and metadata of all parameters in the cache, and what has changed.
   *
   * @param grantee who is permitted
   */
  grantReadNames(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to rebuild the table from an audit log: to compare its rows, and to write those that are missing or wrong. To read the log is
   * another matter: `grantReadAudit` with the prefix `/`.
   *
   * @param grantee who is permitted
   */
  grantRebuildNames(grantee: iam.IGrantable): iam.Grant;
}
