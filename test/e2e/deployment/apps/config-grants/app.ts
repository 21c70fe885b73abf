// Every grant of the config tier, each to a role that has nothing else: of a footprint with the seed's names and a key, of the same as
// another app knows it, and of one over tables that are defined elsewhere. Those have other namespaces, and nothing of the first's.
import * as path from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReplication, NamespaceAccess, type ConfigFootprintProps, type IConfigAuditor, type IConfigCache,
  type IConfigFootprint, type IConfigReplication,
} from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

interface Parts {
  readonly footprint: IConfigFootprint;
  readonly cache: IConfigCache;
  readonly auditor: IConfigAuditor;
  readonly replication: IConfigReplication;
}

class ConfigGrantsStack extends Stack {
  /** Of the first one's tables, and of all parameters: who may read a table with it must not decrypt a SecureString. */
  private readonly encryptionKey = new Key(this, 'EncryptionKey', { removalPolicy: RemovalPolicy.DESTROY });

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { encryptionKey } = this;
    const main = this.footprint('Main', '/app', '/apple', { footprintName: 'grants', seedNames: true, encryptionKey, auditArchive: true });
    const other = this.footprint('Other', '/pine', '/pineapple', this.tables());

    const auditor = ConfigAuditor.fromConfigAuditorAttributes(this, 'ImportedAuditor', {
      configAuditorTableName: 'figgy-config-auditor', namespaces: main.namespaces, encryptionKey, archiveBucket: main.auditor!.archiveBucket,
    });
    const cache = ConfigCache.fromConfigCacheAttributes(this, 'ImportedCache', { configCacheTableName: 'figgy-config-cache', encryptionKey });
    const imported: Parts = {
      cache, auditor,
      footprint: ConfigFootprint.fromConfigFootprintAttributes(this, 'ImportedFootprint', {
        footprintName: 'grants', namespaces: main.namespaces, cache, auditor,
      }),
      replication: ConfigReplication.fromConfigReplicationAttributes(this, 'ImportedReplication', {
        configReplicationTableName: 'figgy-config-replication', encryptionKey,
      }),
    };

    this.grantAll('Main', '/app', partsOf(main));
    this.grantAll('Other', '/pine', partsOf(other));
    this.grantAll('Imported', '/app', imported);
    new CfnOutput(this, 'EncryptionKeyArn', { value: encryptionKey.keyArn });
    new CfnOutput(this, 'ArchiveBucket', { value: main.auditor!.archiveBucket!.bucketName });
  }

  private footprint(id: string, namespace: string, alike: string, props: Partial<ConfigFootprintProps>): ConfigFootprint {
    const footprint = new ConfigFootprint(this, id, {
      namespaces: [namespace, alike], initialImport: false, replicationScopes: [{ sources: [namespace], destinations: [namespace] }], ...props,
    });
    const { cache, auditor, replication, parameter } = footprint;
    for (const [name, value] of Object.entries({
      CacheTable: cache.table.tableName, AuditTable: auditor!.table.tableName, RulesTable: replication!.table.tableName,
      Footprint: parameter.parameterName, ReconcilerQueue: cache.reconciler.queue.queueUrl,
    })) new CfnOutput(this, `${id}${name}`, { value });
    return footprint;
  }

  /** Tables of which the footprint knows names and ARNs only. */
  private tables(): Partial<ConfigFootprintProps> {
    const removalPolicy = RemovalPolicy.DESTROY;
    const string = (name: string) => ({ name, type: AttributeType.STRING });
    const cache = new TableV2(this, 'Names', {
      partitionKey: string('parameter_name'), timeToLiveAttribute: 'ttl', removalPolicy,
      globalSecondaryIndexes: [
        { indexName: 'ChangesIndex', partitionKey: string('change_shard'), sortKey: { name: 'changed', type: AttributeType.NUMBER } },
      ],
    });
    const audit = new TableV2(this, 'Log', {
      partitionKey: string('parameter_name'), sortKey: string('record_id'), timeToLiveAttribute: 'ttl', removalPolicy,
      globalSecondaryIndexes: [
        { indexName: 'ByTimeIndex', partitionKey: string('by_time'), sortKey: string('record_id') },
        { indexName: 'ByActorIndex', partitionKey: string('by_actor'), sortKey: string('record_id') },
      ],
    });
    const rules = new TableV2(this, 'Rules', {
      partitionKey: string('destination'), sortKey: string('source'), dynamoStream: StreamViewType.KEYS_ONLY, removalPolicy,
      globalSecondaryIndexes: [{ indexName: 'BySourceIndex', partitionKey: string('source'), sortKey: string('destination') }],
    });
    const { tableName, tableStreamArn } = rules;
    return {
      cacheTable: TableV2.fromTableName(this, 'NamesElsewhere', cache.tableName),
      auditTable: TableV2.fromTableName(this, 'LogElsewhere', audit.tableName),
      replicationTable: TableV2.fromTableAttributes(this, 'RulesElsewhere', { tableName, tableStreamArn }),
    };
  }

  private grantAll(id: string, namespace: string, parts: Parts): void {
    const { footprint, cache, auditor, replication } = parts;
    const part = `${namespace}/db`;
    const keys = [this.encryptionKey];
    this.role(`${id}Names`, (role) => cache.grantReadNames(role));
    this.role(`${id}Finder`, (role) => footprint.grantReadNames(role));
    this.role(`${id}Log`, (role) => auditor.grantReadAudit(role, namespace));
    this.role(`${id}PartLog`, (role) => footprint.grantReadAudit(role, part));
    this.role(`${id}WholeLog`, (role) => auditor.grantReadAudit(role, '/'));
    this.role(`${id}Restorer`, (role) => auditor.grantRestore(role, part, keys));
    this.role(`${id}FootprintRestorer`, (role) => footprint.grantRestore(role, part, keys));
    this.role(`${id}Rules`, (role) => replication.grantReadRules(role));
    this.role(`${id}RulesWriter`, (role) => replication.grantWriteRules(role, namespace));
    this.role(`${id}Reader`, (role) => footprint.grantNamespace(role, namespace, NamespaceAccess.READ, keys));
    this.role(`${id}Writer`, (role) => footprint.grantNamespace(role, namespace, NamespaceAccess.WRITE, keys));
    this.bound(`${id}Bound`, namespace, parts);
  }

  private bound(id: string, namespace: string, { footprint, cache, auditor, replication }: Parts): void {
    const fn = new NodejsFunction(this, id, {
      entry: path.join(__dirname, 'bound.ts'), runtime: Runtime.NODEJS_24_X,
      bundling: { minify: true, format: OutputFormat.CJS, externalModules: [] },
      logGroup: new LogGroup(this, `${id}Logs`, { removalPolicy: RemovalPolicy.DESTROY }), environment: { NAME: `${namespace}/db/url` },
    });
    footprint.bind(fn);
    cache.bind(fn);
    auditor.bind(fn, namespace);
    replication.bind(fn);
    new CfnOutput(this, `${id}Function`, { value: fn.functionName });
  }

  private role(id: string, grant: (role: Role) => void): void {
    const role = new Role(this, id, { assumedBy: new AccountRootPrincipal() });
    grant(role);
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }
}

function partsOf(footprint: ConfigFootprint): Parts {
  return { footprint, cache: footprint.cache, auditor: footprint.auditor!, replication: footprint.replication! };
}

new ConfigGrantsStack(new App(), 'ConfigGrants');
