import { Resource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bindEnvironment } from './bind';
import { ConfigCacheGrants } from './config-cache-grants';
import { ConfigCacheAttributes } from './config-cache-props';
import { tableFrom } from './config-table';
import { IConfigCache } from './iconfig-cache';
import { CONFIG_ENVIRONMENT } from '../contract/config';

/** What code in a stack must know to find a cache. */
export function cacheEnvironment(table: dynamodb.ITable, stack: Stack): { [name: string]: string } {
  return { [CONFIG_ENVIRONMENT.cacheTable]: tableFrom(table, stack) };
}

/** The cache's own environment is that of its stack, and the function can be of another account or Region. */
export function bindCache(cache: IConfigCache, fn: lambda.Function): iam.Grant {
  bindEnvironment(cache, fn, cacheEnvironment(cache.table, Stack.of(fn)));
  return cache.grantReadNames(fn);
}

export class ImportedConfigCache extends Resource implements IConfigCache {
  public readonly table: dynamodb.ITable;
  public readonly encryptionKey?: kms.IKey;
  public readonly grants: ConfigCacheGrants;

  constructor(scope: Construct, id: string, attrs: ConfigCacheAttributes & { readonly tableArn: string }) {
    super(scope, id, { environmentFromArn: attrs.tableArn });
    this.encryptionKey = attrs.encryptionKey;
    this.table = dynamodb.TableV2.fromTableAttributes(this, 'Table', { tableArn: attrs.tableArn, encryptionKey: attrs.encryptionKey });
    this.grants = new ConfigCacheGrants({ table: this.table, encryptionKey: attrs.encryptionKey });
  }

  public get configCacheTableName(): string {
    return this.table.tableName;
  }

  public get configCacheTableArn(): string {
    return this.table.tableArn;
  }

  public get environment(): { [name: string]: string } {
    return cacheEnvironment(this.table, Stack.of(this));
  }

  public bind(fn: lambda.Function): iam.Grant {
    return bindCache(this, fn);
  }

  public grantReadNames(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readNames(grantee);
  }

  public grantRebuildNames(grantee: iam.IGrantable): iam.Grant {
    return this.grants.rebuildNames(grantee);
  }
}
