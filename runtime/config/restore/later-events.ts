import {
  CONFIG_ACTION, CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_AUDIT_TIME_INDEX, CONFIG_RECORD_ID, configAuditByTime,
} from '../../../lib/contract/config.js';
import { number, stringOf, text } from '../../aws/attribute-values.js';
import type { DynamoDbClient } from '../../aws/dynamodb.js';
import { projectionOf } from '../../stores/dynamodb-batch.js';
import { itemPagesOf, pagesOf, type ItemsOutput } from '../../stores/dynamodb-pages.js';
import { inOrder } from '../audit/in-order.js';
import type { AuditReader } from '../audit/reader.js';
import { withDeadline } from '../deadline.js';
import { isDeletion, type AuditRecord } from '../tables/audit-record.js';

/** What has happened to a name since the instant beside puts, which the table of names tells of. */
export interface LaterEvents {
  /** Its labels were moved or removed. */
  readonly labels: boolean;
  /** It was deleted, so what there is now is another parameter. */
  readonly deleted: boolean;
}

export const NOTHING_LATER: LaterEvents = { labels: false, deleted: false };

const DAY = 86_400_000;

/** Days that are read at once. */
const CONCURRENCY = 8;

export interface LaterEventsOptions {
  readonly client: DynamoDbClient;
  readonly tableName: string;
  readonly namespaces: readonly string[];
  /** The instant, and the end, in Unix epoch milliseconds. */
  readonly time: number;
  readonly until: number;
  readonly signal?: AbortSignal;
  /** Called after each page. */
  readonly onPage?: () => void;
}

/** What happened in whole namespaces since an instant beside puts, by the log's index by time. Of puts nothing is sent over. */
export async function laterEventsOf(options: LaterEventsOptions): Promise<ReadonlyMap<string, LaterEvents>> {
  const found = new Map<string, LaterEvents>();
  const [first, last] = [Math.floor(options.time / DAY), Math.floor(options.until / DAY)];
  const days = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * DAY);
  const partitions = options.namespaces.flatMap((namespace) => days.map((day) => ({ namespace, day })));
  for await (const done of inOrder(partitions, CONCURRENCY, ({ namespace, day }) => readDay(options, namespace, day, found))) void done;
  return found;
}

async function readDay(
  { client, tableName, time, signal, onPage }: LaterEventsOptions, namespace: string, day: number, found: Map<string, LaterEvents>,
): Promise<void> {
  // A deletion that was concluded has the id of what it ended, which may be older than its day, so all of the first day is gone through.
  const isFirst = day <= time;
  const { ExpressionAttributeNames, ProjectionExpression } = projectionOf([A.partition, A.action]);
  const query = {
    TableName: tableName,
    IndexName: CONFIG_AUDIT_TIME_INDEX.name,
    KeyConditionExpression: '#day = :day',
    FilterExpression: isFirst ? '#action <> :put AND #time > :time' : '#action <> :put',
    ProjectionExpression,
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#day': A.byTime, '#action': A.action, ...(isFirst && { '#time': A.time }) },
    ExpressionAttributeValues: {
      ':day': text(configAuditByTime(namespace, day)), ':put': text(CONFIG_ACTION.put),
      ...(isFirst && { ':time': number(time) }),
    },
  };
  for await (const items of itemPagesOf((from) => client.call<ItemsOutput>('Query', { ...query, ...from }, withDeadline(signal)))) {
    for (const item of items) add(found, stringOf(item, A.partition) ?? '', stringOf(item, A.action) ?? '');
    onPage?.();
  }
}

function add(found: Map<string, LaterEvents>, name: string, action: string): void {
  const before = found.get(name) ?? NOTHING_LATER;
  const deleted = isDeletion({ action } as AuditRecord);
  if (deleted ? before.deleted : before.labels) return;
  found.set(name, deleted ? { ...before, deleted } : { ...before, labels: true });
}

/** The same of one name, by its own records. */
export async function laterEventsOfName(reader: AuditReader, name: string, time: number, signal?: AbortSignal): Promise<LaterEvents> {
  let [labels, deleted] = [false, false];
  for await (const record of recordsSince(reader, name, time, signal)) {
    if (isDeletion(record)) deleted = true;
    else if (record.action !== CONFIG_ACTION.put) labels = true;
  }
  return { labels, deleted };
}

/** A name's records of after an instant, without values. */
export async function* recordsSince(
  reader: AuditReader, name: string, time: number, signal?: AbortSignal,
): AsyncGenerator<AuditRecord, void, undefined> {
  const pages = pagesOf((after) => reader.page({ name }, {
    from: CONFIG_RECORD_ID.since(time + 1), ...(after !== undefined && { after }), ...(signal && { signal }),
  }));
  for await (const { records } of pages) yield* records;
}
