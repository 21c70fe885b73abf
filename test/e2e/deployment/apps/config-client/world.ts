import { strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ConfigClient, ConfigConnection } from '../../../../../runtime/config';
import { LocalConfigCache } from '../../../../../runtime/config/local';
import { REGION } from '../../places';
import { eventually, type CommandOptions, type E2e, type Identity, type ScreenOptions, type TerminalResult } from '../../kit';

export const FOOTPRINT = 'client';
export const SOON = { within: '30s' } as const;

/** In every value that is written, and nowhere else: what is looked for in the end. */
const MARK = randomBytes(9).toString('hex');
let values = 0;

/** A value that nobody has had before. */
export const newValue = (): string => `${MARK}-${values += 1}`;
/** Texts that show that there is a value, also as its base64 at whatever place it begins there. */
export const TRACES = [MARK, ...[0, 1, 2].map((shift) => Buffer.from(`${'x'.repeat(shift)}${MARK}`).toString('base64').slice(shift + 1, -4))];

/** Somebody who works with the footprint, at a computer of his own. */
export class Person {
  readonly connection: ConfigConnection;
  readonly client: ConfigClient;
  readonly names: LocalConfigCache;

  constructor(private readonly e2e: E2e, readonly identity: Identity) {
    const { endpoint, credentials, home } = identity;
    this.connection = new ConfigConnection({
      region: REGION, credentials, home, footprint: FOOTPRINT, endpoints: { ssm: endpoint, dynamodb: endpoint, kms: endpoint, sqs: endpoint },
    });
    this.names = new LocalConfigCache({ connection: this.connection });
    this.client = new ConfigClient({ connection: this.connection, onChange: this.names });
  }

  /** `cache-tiers config …` in a process of its own. */
  config(...args: readonly string[]): Promise<TerminalResult> {
    return this.start(args).result();
  }

  start(args: readonly string[], options: CommandOptions = {}) {
    return this.e2e.command(this.identity, ['config', ...args], { ...options, env: { CONFIG_FOOTPRINT: FOOTPRINT, ...options.env } });
  }

  /** What a command prints that ends well: a document, or a list of the lines where each is one. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return parsed<T>(await this.config(...args, '--json'));
  }

  async lines<T>(...args: readonly string[]): Promise<T[]> {
    return linesOf<T>(await this.config(...args, '--json'));
  }

  browse(args: readonly string[], { env, ...size }: ScreenOptions) {
    return this.e2e.screen(this.identity, ['config', 'browse', ...args], { ...size, env: { CONFIG_FOOTPRINT: FOOTPRINT, ...env } });
  }
}

export function parsed<T>({ code, stdout, stderr }: TerminalResult): T {
  strictEqual(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

export function linesOf<T>({ code, stdout, stderr }: TerminalResult): T[] {
  strictEqual(code, 0, `${stderr}\n${stdout.slice(-2000)}`);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as T);
}

export interface World {
  readonly e2e: E2e;
  readonly developer: Person;
  readonly reader: Person;
  readonly operator: Person;
  readonly stranger: Person;
  readonly everybody: readonly Person[];
  readonly keyArn: string;
  /** Where nobody else may. */
  putAsRoot(name: string, value: string): Promise<void>;
  /** A parameter's row in the table of names. */
  row(name: string): Promise<Row | undefined>;
  /** Waits until the log has as many records of names below a path, of all actions or of one. */
  recorded(prefix: string, records: number, action?: string): Promise<void>;
}

/** As DynamoDB has it. */
export type Row = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

export async function worldOf(e2e: E2e): Promise<World> {
  const { outputs, root } = e2e;
  const person = async (identity: Promise<Identity>) => new Person(e2e, await identity);
  const roles = ['Developer', 'Reader', 'Operator'].map((id) => person(e2e.assume(outputs[`${id}RoleArn`])));
  const [developer, reader, operator] = await Promise.all(roles);
  const stranger = await person(e2e.stranger());
  const dynamo = root.as(DynamoDBClient);
  return {
    e2e, developer, reader, operator, stranger, everybody: [developer, reader, operator, stranger], keyArn: outputs.KeyArn,
    async putAsRoot(Name, Value) {
      await root.as(SSMClient).send(new PutParameterCommand({ Name, Value, Type: 'String' }));
    },
    async row(name) {
      const { Item } = await dynamo.send(new GetItemCommand({
        TableName: outputs.CacheTable, Key: { parameter_name: { S: name } }, ConsistentRead: true,
      }));
      return Item as Row | undefined;
    },
    async recorded(prefix, records, action) {
      const count = () => countBelow(dynamo, outputs.AuditTable, prefix, action);
      await eventually(async () => strictEqual(await count(), records, `records below ${prefix}`), { within: '90s', every: '300ms' });
    },
  };
}

async function countBelow(dynamo: DynamoDBClient, TableName: string, prefix: string, action = ''): Promise<number> {
  let found = 0;
  for (let ExclusiveStartKey: Row | undefined; ;) {
    const { Count = 0, LastEvaluatedKey } = await dynamo.send(new ScanCommand({
      TableName, Select: 'COUNT', FilterExpression: 'begins_with(parameter_name, :prefix) AND begins_with(#action, :action)',
      ExpressionAttributeNames: { '#action': 'action' }, ExpressionAttributeValues: { ':prefix': { S: `${prefix}/` }, ':action': { S: action } },
      ExclusiveStartKey: ExclusiveStartKey as never,
    }));
    found += Count;
    if (LastEvaluatedKey === undefined) return found;
    ExclusiveStartKey = LastEvaluatedKey as Row;
  }
}
