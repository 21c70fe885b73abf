import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { show, validationError } from '../private/errors';
import { Conditions, grantOnKey, grantOnTable, viaService } from '../private/grants';
import { setTableKey, tableEncryption } from '../private/table-key';

const { STRING } = dynamodb.AttributeType;

/** What a table of the config tier is known by. */
export interface ConfigTableKeys {
  readonly key: { readonly partition: string; readonly sort?: string; readonly ttl?: string };
  readonly indexes: readonly ConfigIndex[];
}

export interface ConfigTableProps extends ConfigTableKeys {
  readonly tableName?: string;
  readonly stream?: dynamodb.StreamViewType;
  readonly encryptionKey?: kms.IKey;
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
}

export interface ConfigIndex {
  readonly name: string;
  readonly partition: string;
  readonly sort: string;
  readonly sortType?: dynamodb.AttributeType;
}

/** A table of the config tier: on demand, of the kind that can grow into several Regions. */
export function defineConfigTable(scope: Construct, id: string, props: ConfigTableProps): dynamodb.TableV2 {
  const { key: { partition, sort, ttl }, encryptionKey } = props;
  const table = new dynamodb.TableV2(scope, id, {
    tableName: props.tableName,
    partitionKey: { name: partition, type: STRING },
    sortKey: sort === undefined ? undefined : { name: sort, type: STRING },
    timeToLiveAttribute: ttl,
    globalSecondaryIndexes: props.indexes.map((index) => ({
      indexName: index.name,
      partitionKey: { name: index.partition, type: STRING },
      sortKey: { name: index.sort, type: index.sortType ?? STRING },
    })),
    dynamoStream: props.stream,
    encryption: tableEncryption(scope, encryptionKey),
    pointInTimeRecoverySpecification: props.pointInTimeRecovery ? { pointInTimeRecoveryEnabled: true } : undefined,
    deletionProtection: props.deletionProtection,
    removalPolicy: props.removalPolicy,
  });
  setTableKey(table, encryptionKey);
  return table;
}

/** Only of a table that is defined in the app are the keys and indexes known, by the resource that it renders. */
export function checkConfigTable(scope: Construct, table: dynamodb.ITable, { key, indexes }: ConfigTableKeys): void {
  const resource = table.node.defaultChild;
  if (!dynamodb.CfnTable.isCfnTable(resource) && !dynamodb.CfnGlobalTable.isCfnGlobalTable(resource)) return;
  const { keySchema, globalSecondaryIndexes } = Stack.of(table).resolve({
    keySchema: resource.keySchema, globalSecondaryIndexes: resource.globalSecondaryIndexes,
  }) as { keySchema?: KeySchema; globalSecondaryIndexes?: readonly { indexName: string; keySchema: KeySchema }[] };
  if (keySchema === undefined) return;
  const wanted = [key.partition, ...(key.sort === undefined ? [] : [key.sort])];
  const found = names(keySchema);
  const path = show(table.node.path);
  if (found.join() !== wanted.join()) {
    throw validationError(scope, `table ${path} has the keys ${show(found)}: use a table with the keys ${show(wanted)}, all strings`);
  }
  for (const index of indexes) {
    const schema = globalSecondaryIndexes?.find(({ indexName }) => indexName === index.name)?.keySchema;
    const needed = [index.partition, index.sort];
    if (schema !== undefined && names(schema).join() === needed.join()) continue;
    throw validationError(scope, `table ${path} has no index ${show(index.name)} with the keys ${show(needed)}: add it to the table`);
  }
}

type KeySchema = readonly { readonly attributeName: string }[];

function names(schema: KeySchema): string[] {
  return schema.map(({ attributeName }) => attributeName);
}

/** How an account reaches a table: by its name if it is the account's own, otherwise by its ARN, which is right everywhere. */
export function tableFrom(table: dynamodb.ITable, { account, region }: Stack): string {
  return table.env.account === account && table.env.region === region ? table.tableName : table.tableArn;
}

/** ARN of a table's index. */
export function indexArn(table: dynamodb.ITable, name: string): string {
  return `${table.tableArn}/index/${name}`;
}

export interface ConfigTableGrant {
  readonly table: dynamodb.ITable;
  readonly encryptionKey?: kms.IKey;
  readonly grantee: iam.IGrantable;
  readonly actions: string[];
  readonly keyActions: string[];
  readonly resourceArns?: string[];
  readonly conditions?: Conditions;
}

/**
 * Permits actions on a table and, through DynamoDB only, the use of its key: who may read the table must not be able to decrypt
 * with that key what it protects elsewhere, a SecureString for instance.
 */
export function grantOnConfigTable(options: ConfigTableGrant): iam.Grant {
  const { table, grantee, keyActions } = options;
  const key = options.encryptionKey ?? table.encryptionKey;
  const grant = grantOnTable(options);
  return key === undefined ? grant : grant.combine(grantOnKey(key, grantee, keyActions, viaService(table, 'dynamodb')));
}
