import { CONFIG_AUDIT_ATTRIBUTE as A } from '../../../lib/contract/config.js';
import { list, number, numberOf, stringOf, text } from '../../aws/attribute-values.js';
import type { AttributeValue, Item } from '../../aws/dynamodb.js';
import type { AuditRecord } from './audit-record.js';

const TEXTS = [
  'action', 'type', 'tier', 'keyId', 'dataType', 'description', 'allowedPattern', 'policies', 'value', 'user', 'sourceIp', 'userAgent', 'eventId',
  'source', 'byTime', 'byActor',
] as const;
const NUMBERS = ['time', 'notBefore', 'version', 'ttl'] as const;

/** Attributes of a record without its value. */
export const ATTRIBUTES_BUT_VALUE: readonly string[] = Object.values(A).filter((attribute) => attribute !== A.value);

/** A record under the table's names. Members that the contract does not know get nowhere. */
export function attributesOf(record: AuditRecord): Record<string, string | number | readonly string[]> {
  const attributes: Record<string, string | number | readonly string[]> = { [A.partition]: record.name, [A.sort]: record.recordId };
  for (const member of [...TEXTS, ...NUMBERS, 'labels'] as const) {
    const value = record[member];
    if (value !== undefined) attributes[A[member]] = value;
  }
  return attributes;
}

export function itemOfRecord(record: AuditRecord): Item {
  return Object.fromEntries(Object.entries(attributesOf(record)).map(([attribute, value]) => [attribute, attributeValue(value)]));
}

export function recordOfItem(item: Item): AuditRecord {
  const texts = TEXTS.map((member) => [member, stringOf(item, A[member])] as const);
  const numbers = NUMBERS.map((member) => [member, numberOf(item, A[member])] as const);
  const labels = (item[A.labels] as { L?: readonly { S?: string }[] } | undefined)?.L?.map(({ S }) => S ?? '');
  const optional = Object.fromEntries([...texts, ...numbers, ['labels', labels] as const].filter(([, value]) => value !== undefined));
  return {
    name: stringOf(item, A.partition) ?? '', recordId: stringOf(item, A.sort) ?? '', action: '', time: 0, source: '', ...optional,
  };
}

function attributeValue(value: string | number | readonly string[]): AttributeValue {
  if (typeof value === 'string') return text(value);
  return typeof value === 'number' ? number(value) : list(value);
}
