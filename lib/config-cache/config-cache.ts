import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bindCache, cacheEnvironment, ImportedConfigCache } from './config-cache-base';
import { ConfigCacheGrants, grantDescribingParameters, grantKeepingRows } from './config-cache-grants';
import { ConfigCacheAttributes, ConfigCacheProps } from './config-cache-props';
import { checkConfigCacheProps } from './config-cache-validation';
import { tombstoneDays } from './config-handlers';
import { ConfigReconciler } from './config-reconciler';
import { defineConfigTable } from './config-table';
import { importedTableArn } from './config-table-validation';
import { IConfigCache } from './iconfig-cache';
import { ParameterConsumer } from './parameter-consumer';
import { ParameterConsumerBase } from './parameter-consumer-base';
import { CONFIG_CACHE_INDEX, CONFIG_CACHE_KEY, CONFIG_ENVIRONMENT } from '../contract/config';

/**
 * A table of the names and metadata of parameters, never of values, by which clients list and search them without asking Parameter
 * Store. It follows changes within seconds; a reconciler repairs what events have missed.
 *
 * @stateful
 *
 * @example
 * declare const fn: lambda.Function;
 *
 * const changes = new ParameterChanges(this, 'Changes', { namespaces: ['/app'] });
 * const cache = new ConfigCache(this, 'Cache', { changes });
 * cache.bind(fn);
 */
export class ConfigCache extends ParameterConsumerBase implements IConfigCache {
  /**
   * A cache that is defined elsewhere, by its table's name, in the stack's account and Region.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param tableName name of the table
   */
  public static fromTableName(scope: Construct, id: string, tableName: string): IConfigCache {
    return ConfigCache.fromConfigCacheAttributes(scope, id, { configCacheTableName: tableName });
  }

  /**
   * A cache that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromConfigCacheAttributes(scope: Construct, id: string, attrs: ConfigCacheAttributes): IConfigCache {
    const tableArn = importedTableArn(scope, 'configCacheTable', attrs.configCacheTableName, attrs.configCacheTableArn);
    return new ImportedConfigCache(scope, id, { ...attrs, tableArn });
  }

  public readonly table: dynamodb.ITable;
  public readonly encryptionKey?: kms.IKey;
  public readonly grants: ConfigCacheGrants;

  /** What repairs the cache, and the audit log if one is given. */
  public readonly reconciler: ConfigReconciler;

  /** @internal */
  protected readonly _consumer: ParameterConsumer;

  constructor(scope: Construct, id: string, props: ConfigCacheProps) {
    super(scope, id);
    checkConfigCacheProps(this, props);
    const { changes } = props;
    this.table = props.table ?? this.defineTable(props);
    this.encryptionKey = props.encryptionKey ?? props.table?.encryptionKey;
    this.grants = new ConfigCacheGrants(this);

    this._consumer = new ParameterConsumer(this, 'Manager', {
      changes,
      bundle: 'config-cache-manager',
      description: 'Keeps a table of the names of parameters in line with Parameter Store',
      environment: {
        ...this.environment,
        [CONFIG_ENVIRONMENT.tombstoneDays]: tombstoneDays(Stack.of(this), props.tombstoneRetention),
      },
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: Duration.minutes(1),
    });
    grantKeepingRows(this, this.handler);
    grantDescribingParameters(this.handler);

    this.reconciler = new ConfigReconciler(this, 'Reconciler', {
      ...props,
      cache: this,
      schedule: props.reconciliation,
      timeout: props.reconcilerTimeout,
      memorySize: props.reconcilerMemorySize,
      // What is the manager's alone.
      reservedConcurrentExecutions: undefined,
      logGroup: undefined,
      deadLetterQueue: undefined,
    });
    // The import finds what there is when it runs; what comes after it, events must tell.
    this.reconciler._startAfter(this._consumer);
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

  private defineTable(props: ConfigCacheProps): dynamodb.TableV2 {
    return defineConfigTable(this, 'Table', {
      tableName: props.tableName,
      key: CONFIG_CACHE_KEY,
      indexes: [{ ...CONFIG_CACHE_INDEX, sortType: dynamodb.AttributeType.NUMBER }],
      encryptionKey: props.encryptionKey,
      pointInTimeRecovery: props.pointInTimeRecovery ?? false,
      deletionProtection: false,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
  }
}
