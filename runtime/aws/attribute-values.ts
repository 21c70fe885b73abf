import type { AttributeValue, Item } from './dynamodb.js';

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const list = (values: readonly string[]): AttributeValue => ({ L: values.map(text) });

/** What is of another type, or is not there, is undefined. */
export function stringOf(item: Item, attribute: string): string | undefined {
  return (item[attribute] as { S?: string } | undefined)?.S;
}

/** What is of another type, or is not there, is undefined. */
export function numberOf(item: Item, attribute: string): number | undefined {
  const value = (item[attribute] as { N?: string } | undefined)?.N;
  return value === undefined ? undefined : Number(value);
}
