import { Resource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bindEnvironment } from './bind';
import { ConfigReplicationGrants } from './config-replication-grants';
import { tableFrom } from './config-table';
import { IConfigReplication } from './iconfig-replication';
import { CONFIG_ENVIRONMENT } from '../contract/config';

/** What code in a stack must know to find the rules. */
export function replicationEnvironment(table: dynamodb.ITable, stack: Stack): { [name: string]: string } {
  return { [CONFIG_ENVIRONMENT.replicationTable]: tableFrom(table, stack) };
}

/** The replication's own environment is that of its stack, and the function can be of another account or Region. */
export function bindReplication(replication: IConfigReplication, fn: lambda.Function): iam.Grant {
  bindEnvironment(replication, fn, replicationEnvironment(replication.table, Stack.of(fn)));
  return replication.grants.readRules(fn);
}

/** A replication that is defined elsewhere. */
export class ImportedConfigReplication extends Resource implements IConfigReplication {
  public readonly table: dynamodb.ITable;
  public readonly encryptionKey?: kms.IKey;
  public readonly grants: ConfigReplicationGrants;

  public constructor(scope: Construct, id: string, tableArn: string, encryptionKey?: kms.IKey) {
    super(scope, id, { environmentFromArn: tableArn });
    this.table = dynamodb.TableV2.fromTableAttributes(this, 'Table', { tableArn, encryptionKey });
    this.encryptionKey = encryptionKey;
    this.grants = new ConfigReplicationGrants({ table: this.table, encryptionKey });
  }

  public get configReplicationTableName(): string {
    return this.table.tableName;
  }

  public get configReplicationTableArn(): string {
    return this.table.tableArn;
  }

  public get environment(): { [name: string]: string } {
    return replicationEnvironment(this.table, Stack.of(this));
  }

  public bind(fn: lambda.Function): iam.Grant {
    return bindReplication(this, fn);
  }

  public grantReadRules(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readRules(grantee);
  }

  public grantWriteRules(grantee: iam.IGrantable, destinationPrefix: string): iam.Grant {
    return this.grants.writeRules(grantee, destinationPrefix);
  }
}
