import { Duration, IResource } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ConfigAuditorGrants } from './config-auditor-grants';

/** A log of all changes of parameters. */
export interface IConfigAuditor extends IResource {
  /**
   * Name of the log's table.
   *
   * @attribute
   */
  readonly configAuditorTableName: string;

  /**
   * ARN of the log's table.
   *
   * @attribute
   */
  readonly configAuditorTableArn: string;

  /** The log's table. */
  readonly table: dynamodb.ITable;

  /** Paths whose parameters are recorded. Empty: not known. */
  readonly namespaces: string[];

  /** How long records are kept in the table. Absent: for ever. */
  readonly retention?: Duration;

  /** Whether records have the parameters' values. */
  readonly storeValues: boolean;

  /** Bucket that has a copy of each record, if there is one. */
  readonly archiveBucket?: s3.IBucket;

  /** Key that encrypts the table, if it is not a key of AWS. */
  readonly encryptionKey?: kms.IKey;

  /** Permissions on the log. None permits to write it. */
  readonly grants: ConfigAuditorGrants;

  /** Environment variables by which the client finds the log. */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the log of a path: sets its environment variables and grants it to read, in one call.
   *
   * @param fn the function whose code reads the log
   * @param prefix path whose parameters' records it reads, such as `/app`
   * @returns what was granted
   */
  bind(fn: lambda.Function, prefix: string): iam.Grant;

  /**
   * Permits to read the records of the parameters of a path, with their values, and of no others.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`; `/` is the whole log
   */
  grantReadAudit(grantee: iam.IGrantable, prefix: string): iam.Grant;

  /**
   * Permits to restore the parameters of a path to an earlier state: to read their records, and to read and write the parameters.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param parameterKeys keys that encrypt these parameters, now or in the past
   */
  grantRestore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant;
}
