import { CONFIG_ALLOWED, CONFIG_RULE_ATTRIBUTE as A, CONFIG_RULE_INDEX, CONFIG_RULE_KEY } from '../../../lib/contract/config.js';
import { list, stringOf, text } from '../../aws/attribute-values.js';
import type { AttributeValue, DynamoDbClient, Item } from '../../aws/dynamodb.js';
import { writeIf } from '../../stores/dynamodb-conditional.js';
import { itemPagesOf, type ItemsOutput } from '../../stores/dynamodb-pages.js';
import { type DeclaredRule, type DestinationsPage, isRuleRow, type RuleRow, type RuleScope, type RulesTable } from './rules-table.js';

/** Rows of a page of all rules: few, so that who goes through them can stop in between. */
const PAGE_SIZE = 100;

const OPTIONAL = {
  type: A.type, template: A.template, keyId: A.keyId, roleArn: A.roleArn, onSourceDelete: A.onSourceDelete, writtenBy: A.writtenBy,
} as const;
type Attributes = { readonly [P in keyof typeof OPTIONAL]?: string };

export interface DynamoDbRulesTableOptions {
  readonly client: DynamoDbClient;
  readonly tableName: string;
  /** @default - 100 rows a page of all rules, and what DynamoDB gives a page of a query */
  readonly pageSize?: number;
}

/** The table of rules, as `lib/contract/config` says. */
export class DynamoDbRulesTable implements RulesTable {
  constructor(private readonly options: DynamoDbRulesTableOptions) {}

  async rule(destination: string): Promise<readonly RuleRow[]> {
    return (await this.query({ partition: CONFIG_RULE_KEY.partition, value: destination })).map(rowOf);
  }

  async destinationsOf(source: string): Promise<readonly string[]> {
    const items = await this.query({ index: CONFIG_RULE_INDEX.name, partition: CONFIG_RULE_INDEX.partition, value: source });
    return items.map((item) => stringOf(item, A.destination) ?? '').filter(isRuleRow);
  }

  async page(after?: string): Promise<DestinationsPage> {
    const { Items = [], LastEvaluatedKey } = await this.options.client.call<ItemsOutput>('Scan', {
      TableName: this.options.tableName,
      ProjectionExpression: '#d',
      ExpressionAttributeNames: { '#d': A.destination },
      Limit: this.options.pageSize ?? PAGE_SIZE,
      ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
    });
    const destinations = Items.map((item) => stringOf(item, A.destination) ?? '').filter(isRuleRow);
    return { destinations: [...new Set(destinations)], ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
  }

  async scopes(): Promise<readonly RuleScope[]> {
    const items = await this.query({ partition: CONFIG_RULE_KEY.partition, value: CONFIG_ALLOWED.scope });
    return items.map((item) => ({ sources: listOf(item, CONFIG_ALLOWED.sources), destinations: listOf(item, CONFIG_ALLOWED.destinations) }));
  }

  async declared(destination: string): Promise<DeclaredRule | undefined> {
    const { Item } = await this.options.client.call<{ Item?: Item }>('GetItem', {
      TableName: this.options.tableName, Key: declaredKey(destination), ConsistentRead: true,
    });
    if (Item === undefined) return undefined;
    return {
      ...attributesOf(Item), destination, type: stringOf(Item, A.type) ?? '',
      sources: listOf(Item, CONFIG_ALLOWED.sources), owner: stringOf(Item, CONFIG_ALLOWED.owner) ?? '',
    };
  }

  put(row: RuleRow): Promise<void> {
    return this.write({ ...keyOf(row.destination, row.source), ...itemOf(row) });
  }

  async remove(destination: string, source: string): Promise<void> {
    await this.options.client.call('DeleteItem', { TableName: this.options.tableName, Key: keyOf(destination, source) });
  }

  declare(rule: DeclaredRule): Promise<void> {
    return this.write({
      ...declaredKey(rule.destination), ...itemOf(rule),
      [CONFIG_ALLOWED.sources]: list(rule.sources), [CONFIG_ALLOWED.owner]: text(rule.owner),
    });
  }

  undeclare(destination: string, owner: string): Promise<boolean> {
    return this.removeOwned(declaredKey(destination), owner);
  }

  putScope(index: number, scope: RuleScope, owner: string): Promise<void> {
    return this.write({
      ...scopeKey(index, owner), [CONFIG_ALLOWED.sources]: list(scope.sources), [CONFIG_ALLOWED.destinations]: list(scope.destinations),
      [CONFIG_ALLOWED.owner]: text(owner),
    });
  }

  removeScope(index: number, owner: string): Promise<boolean> {
    return this.removeOwned(scopeKey(index, owner), owner);
  }

  private async query(of: { readonly partition: string; readonly value: string; readonly index?: string }): Promise<Item[]> {
    const query = {
      TableName: this.options.tableName,
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': of.partition },
      ExpressionAttributeValues: { ':p': text(of.value) },
      ...(of.index === undefined ? { ConsistentRead: true } : { IndexName: of.index }),
      ...(this.options.pageSize !== undefined && { Limit: this.options.pageSize }),
    };
    const found: Item[] = [];
    for await (const items of itemPagesOf((from) => this.options.client.call<ItemsOutput>('Query', { ...query, ...from }))) found.push(...items);
    return found;
  }

  private async write(item: Item): Promise<void> {
    await this.options.client.call('PutItem', { TableName: this.options.tableName, Item: item });
  }

  private removeOwned(key: Item, owner: string): Promise<boolean> {
    return writeIf(this.options.client, 'DeleteItem', {
      TableName: this.options.tableName, Key: key, ConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': CONFIG_ALLOWED.owner }, ExpressionAttributeValues: { ':o': text(owner) },
    });
  }
}

const keyOf = (destination: string, source: string): Item => ({ [A.destination]: text(destination), [A.source]: text(source) });
const declaredKey = (destination: string): Item => keyOf(CONFIG_ALLOWED.declared, CONFIG_ALLOWED.sortKey(destination));
const scopeKey = (index: number, owner: string): Item => keyOf(CONFIG_ALLOWED.scope, CONFIG_ALLOWED.sortKey(`${index} ${owner}`));

function itemOf(of: Attributes): Item {
  const item: Record<string, AttributeValue> = {};
  for (const [property, attribute] of Object.entries(OPTIONAL)) {
    const value = of[property as keyof Attributes];
    if (value !== undefined) item[attribute] = text(value);
  }
  return item;
}

function attributesOf(item: Item): Attributes {
  const found = Object.entries(OPTIONAL).flatMap(([property, attribute]) => {
    const value = stringOf(item, attribute);
    return value === undefined ? [] : [[property, value] as const];
  });
  return Object.fromEntries(found);
}

function rowOf(item: Item): RuleRow {
  const malformed = Object.values(OPTIONAL).filter((attribute) => attribute in item && stringOf(item, attribute) === undefined);
  return {
    destination: stringOf(item, A.destination) ?? '', source: stringOf(item, A.source) ?? '', ...attributesOf(item),
    ...(malformed.length > 0 && { malformed }),
  };
}

function listOf(item: Item, attribute: string): string[] {
  const value = item[attribute];
  if (value === undefined || !('L' in value)) return [];
  return value.L.flatMap((each) => 'S' in each ? [each.S] : []);
}
