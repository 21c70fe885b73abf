// A function that was bound to a footprint and to its parts, and granted nothing else: it knows them by its environment.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readCopy, readLog, readLogByIndexes, readNames, readRules } from './uses';

const dynamo = new DynamoDBClient();
const s3 = new S3Client();
const ssm = new SSMClient();
const { CONFIG_FOOTPRINT, CONFIG_CACHE_TABLE, CONFIG_AUDIT_TABLE, CONFIG_AUDIT_ARCHIVE_BUCKET, CONFIG_REPLICATION_TABLE, NAME } = process.env;

/** @returns the footprint's parameter */
export async function handler(): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: CONFIG_FOOTPRINT }));
  await readNames(dynamo, CONFIG_CACHE_TABLE!, NAME!);
  const record = await readLog(dynamo, CONFIG_AUDIT_TABLE!, NAME!);
  await readLogByIndexes(dynamo, CONFIG_AUDIT_TABLE!, record);
  if (CONFIG_AUDIT_ARCHIVE_BUCKET) await readCopy(s3, CONFIG_AUDIT_ARCHIVE_BUCKET, record);
  await readRules(dynamo, CONFIG_REPLICATION_TABLE!);
  return Parameter!.Value!;
}
