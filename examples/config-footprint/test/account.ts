// What ../e2e.ts does and looks at, as somebody: the account itself, or a role.
import { ok } from 'node:assert';
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient, type ParameterType } from '@aws-sdk/client-ssm';
import type { E2e, Identity } from '../../../test/e2e/deployment/kit';
import type { Settings } from '../get-settings';

/** A row or a record, as DynamoDB has it. */
export type Row = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

export class Account {
  readonly ssm: SSMClient;
  readonly dynamo: DynamoDBClient;

  constructor(private readonly e2e: E2e, readonly person: Identity) {
    this.ssm = person.as(SSMClient);
    this.dynamo = person.as(DynamoDBClient);
  }

  async put(Name: string, Value: string, Type: ParameterType = 'String'): Promise<void> {
    await this.ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));
  }

  /** Type and value of a parameter. */
  async value(Name: string): Promise<string | undefined> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      return `${Parameter!.Type} ${Parameter!.Value}`;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }

  /** A parameter's row in the cache. */
  async row(name: string): Promise<Row | undefined> {
    const { Item } = await this.dynamo.send(new GetItemCommand({
      TableName: this.e2e.outputs.CacheTable, Key: { parameter_name: { S: name } }, ConsistentRead: true,
    }));
    return Item as Row | undefined;
  }

  /** Fails while there is no row. */
  async known(name: string): Promise<Row> {
    const row = await this.row(name);
    ok(row, `${name} is not in the cache`);
    return row;
  }

  /** A parameter's records in the log, oldest first. Fails while there are fewer. */
  async records(name: string, atLeast = 0): Promise<Row[]> {
    const { Items = [] } = await this.dynamo.send(new QueryCommand({
      TableName: this.e2e.outputs.AuditTable, KeyConditionExpression: 'parameter_name = :name', ConsistentRead: true,
      ExpressionAttributeValues: { ':name': { S: name } },
    }));
    ok(Items.length >= atLeast, `${Items.length} records of ${name}, expected ${atLeast}`);
    return Items as Row[];
  }

  /** What the log says was done, oldest first. */
  async actions(name: string): Promise<(string | undefined)[]> {
    return (await this.records(name)).map(({ action }) => action.S);
  }

  /** How many of the names are active in the cache, and have a record in the log. */
  async imported(names: readonly string[]): Promise<number> {
    const { CacheTable, AuditTable } = this.e2e.outputs;
    let active = 0;
    for (let i = 0; i < names.length; i += 100) {
      const Keys = names.slice(i, i + 100).map((name) => ({ parameter_name: { S: name } }));
      const { Responses = {} } = await this.dynamo.send(new BatchGetItemCommand({ RequestItems: { [CacheTable]: { Keys } } }));
      active += (Responses[CacheTable] ?? []).filter(({ state }) => state.S === 'ACTIVE').length;
    }
    const wanted = new Set(names);
    const recorded = new Set<string>();
    for (let ExclusiveStartKey: Record<string, never> | undefined; ;) {
      const { Items = [], LastEvaluatedKey } = await this.dynamo.send(new ScanCommand({
        TableName: AuditTable, ProjectionExpression: 'parameter_name', ExclusiveStartKey,
      }));
      for (const { parameter_name: { S: name = '' } } of Items) if (wanted.has(name)) recorded.add(name);
      if (LastEvaluatedKey === undefined) return Math.min(active, recorded.size);
      ExclusiveStartKey = LastEvaluatedKey as Record<string, never>;
    }
  }

  /** Starts a reconciliation now. */
  async reconcile(): Promise<void> {
    await this.person.as(SQSClient).send(new SendMessageCommand({ QueueUrl: this.e2e.outputs.ReconcilerQueueUrl, MessageBody: '{}' }));
  }

  /** What the function that reads its configuration has read. */
  async settings(): Promise<Settings> {
    const { Payload, FunctionError } = await this.person.as(LambdaClient).send(new InvokeCommand({
      FunctionName: this.e2e.outputs.FunctionName, Payload: JSON.stringify({ refresh: true }),
    }));
    const text = Buffer.from(Payload ?? []).toString();
    ok(FunctionError === undefined, text);
    return JSON.parse(text) as Settings;
  }

  /** What the functions below a construct have logged. */
  async logs(part = ''): Promise<string[]> {
    const functions = this.e2e.stack.ofType('AWS::Lambda::Function').filter(({ path }) => path.startsWith(`ConfigFootprint/Config/${part}`));
    ok(functions.length > 0, `no function below ${part}`);
    return (await Promise.all(functions.map(({ physicalId }) => this.e2e.logs(physicalId)))).flat();
  }
}
