import { IResource, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { MemoCacheAttributes, MemoCacheProps } from './memo-cache-props';
import { MEMO_KEY } from '../contract/memo';
import { show, validationError } from '../private/errors';
import { checkAlone, checkEach, checkInteger, checkPattern, checkWholeDays } from '../private/validation';

const TABLE_NAME = /^[\w.-]{3,255}$/;
const TABLE_NAME_HINT = '3 to 255 letters, digits, underscores, hyphens and full stops';
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

const TABLE_PROPS = [
  'environmentName', 'tableName', 'encryptionKey', 'replicaRegions', 'replicaEncryptionKeys', 'warmThroughput', 'maxReadRequestUnits',
  'maxWriteRequestUnits', 'tableClass', 'contributorInsights', 'pointInTimeRecovery', 'deletionProtection',
] as const satisfies readonly (keyof MemoCacheProps)[];

export function checkMemoCacheProps(scope: Construct, props: MemoCacheProps): void {
  checkAlone(scope, props, 'tableName', ['environmentName'], 'give one of them');
  const definesBucket = props.overflow === true && props.overflowBucket === undefined;
  checkAlone(scope, props, 'table', definesBucket ? TABLE_PROPS : [...TABLE_PROPS, 'removalPolicy'], 'set them where the table is defined');
  if (props.table !== undefined) checkTableKeys(scope, props.table);
  checkPattern(scope, 'environmentName', props.environmentName, /^[\w.-]{1,249}$/, 'letters, digits, underscores, hyphens and full stops');
  checkPattern(scope, 'tableName', props.tableName, TABLE_NAME, TABLE_NAME_HINT);
  checkInteger(scope, 'maxReadRequestUnits', props.maxReadRequestUnits, 1);
  checkInteger(scope, 'maxWriteRequestUnits', props.maxWriteRequestUnits, 1);
  checkInteger(scope, 'warmThroughput.readUnitsPerSecond', props.warmThroughput?.readUnitsPerSecond, 1);
  checkInteger(scope, 'warmThroughput.writeUnitsPerSecond', props.warmThroughput?.writeUnitsPerSecond, 1);
  checkReplicas(scope, props);
  checkOverflow(scope, props);
}

export function checkMemoCacheAttributes(scope: Construct, attrs: MemoCacheAttributes): void {
  checkAlone(scope, attrs, 'memoCacheTableArn', ['memoCacheTableName'], 'give one of them');
  if (attrs.memoCacheTableArn === undefined && attrs.memoCacheTableName === undefined) {
    throw validationError(scope, 'memoCacheTableName and memoCacheTableArn are missing: give one of them');
  }
  checkPattern(scope, 'memoCacheTableName', attrs.memoCacheTableName, TABLE_NAME, TABLE_NAME_HINT);
  checkPattern(scope, 'memoCacheTableArn', attrs.memoCacheTableArn, /^arn:[\w-]+:dynamodb:[^:]+:[^:]+:table\/[^/]+$/, 'the ARN of a table');
  checkRegions(scope, attrs.replicaRegions);
}

/** Only of a table that is defined in the app are the keys known, by the resource that it renders; a replica's are its source's. */
function checkTableKeys(scope: Construct, table: dynamodb.ITable): void {
  const resource = table.node.defaultChild;
  if (!dynamodb.CfnTable.isCfnTable(resource) && !dynamodb.CfnGlobalTable.isCfnGlobalTable(resource)) return;
  const keys = Stack.of(table).resolve(resource.keySchema) as readonly dynamodb.CfnTable.KeySchemaProperty[] | undefined;
  const attributes = Stack.of(table).resolve(resource.attributeDefinitions) as readonly dynamodb.CfnTable.AttributeDefinitionProperty[];
  if (!Array.isArray(keys) || keys.some(({ attributeName }) => typeof attributeName !== 'string')) return;
  const types = new Map(attributes.map(({ attributeName, attributeType }) => [attributeName, attributeType]));
  const found = keys.map(({ attributeName }) => `${show(attributeName)} (${types.get(attributeName)})`);
  const wanted = [MEMO_KEY.partition, MEMO_KEY.sort].map((name) => `${show(name)} (${dynamodb.AttributeType.STRING})`);
  if (found.join() === wanted.join()) return;
  throw validationError(scope, `table ${show(table.node.path)} has the keys ${found.join(', ')}: use a table with the keys ${wanted.join(', ')}`);
}

/** The client has one region for both. */
export function checkBucketRegion(scope: Construct, table: IResource, bucket: IResource | undefined): void {
  const [there, here] = [bucket?.env.region, table.env.region];
  if (Token.isUnresolved(there) || Token.isUnresolved(here) || there === undefined || there === here) return;
  throw validationError(scope, `overflowBucket is in ${show(there)}, the table in ${show(here)}: use a bucket of the table's region`);
}

function checkReplicas(scope: Construct, props: MemoCacheProps): void {
  const { region } = Stack.of(scope);
  const regions = props.replicaRegions;
  checkRegions(scope, regions);
  if (regions !== undefined) {
    if (Token.isUnresolved(region)) {
      throw validationError(scope, `replicaRegions are ${show(regions)}, but the stack's region is not known: give the stack an env with a region`);
    }
    // DynamoDB's replicas are part of the template's structure, so CDK cannot do it with tokens either.
    if ([regions, ...regions].some((value) => Token.isUnresolved(value))) {
      throw validationError(scope, `replicaRegions are ${show(regions)}, a token: name the regions themselves`);
    }
    if (regions.includes(region)) throw validationError(scope, `replicaRegions has ${show(region)}, the stack's own region: leave it out`);
  }
  const keys = Object.keys(props.replicaEncryptionKeys ?? {});
  if (keys.length > 0 && props.encryptionKey === undefined) {
    throw validationError(scope, `replicaEncryptionKeys are given for ${show(keys)} without encryptionKey: give the table's own key as well`);
  }
  const strange = keys.filter((key) => !regions?.includes(key));
  if (strange.length > 0) throw validationError(scope, `replicaEncryptionKeys has ${show(strange)}: name regions of replicaRegions only`);
  const missing = props.encryptionKey === undefined ? [] : (regions ?? []).filter((name) => !keys.includes(name));
  if (missing.length > 0) throw validationError(scope, `replicaEncryptionKeys has no key for ${show(missing)}: give a key of each replica's region`);
}

function checkRegions(scope: Construct, regions: string[] | undefined): void {
  checkEach(scope, 'replicaRegions', regions, (name, value) => checkPattern(scope, name, value, REGION, 'the name of a region, such as "eu-west-1"'));
}

function checkOverflow(scope: Construct, props: MemoCacheProps): void {
  checkAlone(scope, props, 'overflowBucket', ['overflowExpiration', 'overflowAutoDeleteObjects'], 'set them where the bucket is defined');
  if (props.overflow === false && props.overflowBucket !== undefined) {
    throw validationError(scope, 'overflow is false, but overflowBucket is given: leave one of them out');
  }
  checkWholeDays(scope, 'overflowExpiration', props.overflowExpiration);
  if (!props.overflow && props.overflowBucket === undefined) {
    for (const name of ['overflowExpiration', 'overflowAutoDeleteObjects'] as const) {
      if (props[name] !== undefined) throw validationError(scope, `${name} is ${show(props[name])} without a bucket: set overflow to true`);
    }
  }
  if (props.overflowAutoDeleteObjects && (props.removalPolicy ?? RemovalPolicy.DESTROY) !== RemovalPolicy.DESTROY) {
    const policy = show(props.removalPolicy);
    throw validationError(scope, `overflowAutoDeleteObjects is true, but removalPolicy is ${policy}: use RemovalPolicy.DESTROY, or false`);
  }
}
