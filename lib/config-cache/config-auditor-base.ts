import { Duration, Resource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ConfigAuditorGrants } from './config-auditor-grants';
import { tableFrom } from './config-table';
import { IConfigAuditor } from './iconfig-auditor';
import { CONFIG_ENVIRONMENT } from '../contract/config';
import { bindEnvironment } from './bind';

/** What a log is made of. */
export interface ConfigAuditorParts {
  readonly table: dynamodb.ITable;
  readonly namespaces: string[];
  readonly encryptionKey?: kms.IKey;
  readonly archiveBucket?: s3.IBucket;
  readonly retention?: Duration;
  readonly storeValues: boolean;
}

/** What the client is told of a log, in a stack's account and Region. */
export function auditorEnvironment({ table, archiveBucket }: ConfigAuditorParts, stack: Stack): { [name: string]: string } {
  return {
    [CONFIG_ENVIRONMENT.auditTable]: tableFrom(table, stack),
    ...(archiveBucket && { [CONFIG_ENVIRONMENT.auditArchive]: archiveBucket.bucketName }),
  };
}

export function bindAuditor(auditor: IConfigAuditor, fn: lambda.Function, prefix: string): iam.Grant {
  bindEnvironment(auditor, fn, auditorEnvironment(auditor, Stack.of(fn)));
  return auditor.grants.read(fn, prefix);
}

/** A log that is defined elsewhere. */
export class ImportedConfigAuditor extends Resource implements IConfigAuditor {
  public readonly table: dynamodb.ITable;
  public readonly namespaces: string[];
  public readonly encryptionKey?: kms.IKey;
  public readonly archiveBucket?: s3.IBucket;
  public readonly retention?: Duration;
  public readonly storeValues: boolean;
  public readonly grants: ConfigAuditorGrants;

  public constructor(scope: Construct, id: string, tableArn: string, parts: Omit<ConfigAuditorParts, 'table'>) {
    super(scope, id, { environmentFromArn: tableArn });
    this.table = dynamodb.TableV2.fromTableAttributes(this, 'Table', { tableArn, encryptionKey: parts.encryptionKey });
    this.namespaces = parts.namespaces;
    this.encryptionKey = parts.encryptionKey;
    this.archiveBucket = parts.archiveBucket;
    this.retention = parts.retention;
    this.storeValues = parts.storeValues;
    this.grants = new ConfigAuditorGrants(this);
  }

  public get configAuditorTableName(): string {
    return this.table.tableName;
  }

  public get configAuditorTableArn(): string {
    return this.table.tableArn;
  }

  public get environment(): { [name: string]: string } {
    return auditorEnvironment(this, Stack.of(this));
  }

  public bind(fn: lambda.Function, prefix: string): iam.Grant {
    return bindAuditor(this, fn, prefix);
  }

  public grantReadAudit(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.grants.read(grantee, prefix);
  }

  public grantRestore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant {
    return this.grants.restore(grantee, prefix, parameterKeys);
  }
}
