import { ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { CONFIG_ACTION, CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_CACHE_ATTRIBUTE as C, CONFIG_STATE } from '../../lib/contract/config';
import { type Footprint, NAMESPACES, TABLES } from './config-footprint';

/** What it is compared by. */
export type Observed = Pick<Footprint, 'model' | 'server'>;

/** A row of a table as it is, by the names of its attributes. */
export type Row = Readonly<Record<string, string>>;

const DELETIONS: readonly string[] = [CONFIG_ACTION.delete, CONFIG_ACTION.deleteMany];

/** The table of names: its rows of parameters. Read by the SDK, not by what has written them. */
export async function cacheRows(footprint: Observed): Promise<readonly Row[]> {
  return (await rowsOf(footprint, TABLES.cache)).filter((row) => row[C.partition].startsWith('/')).sort(by(C.partition));
}

/** The audit log, each name's records in their order. */
export async function auditRows(footprint: Observed): Promise<readonly Row[]> {
  return (await rowsOf(footprint, TABLES.audit)).sort(by(A.partition, A.sort));
}

export interface Drift {
  /** Parameters of which the table of names tells no or wrong things. */
  readonly rows: number;
  /** Parameters of which the log lacks a version that Parameter Store has, or the end. */
  readonly logs: number;
  /** Parameters that exist. */
  readonly parameters: number;
  /** Versions of them that Parameter Store has. */
  readonly versions: number;
}

/** Compares all with Parameter Store. */
export async function driftOf(footprint: Observed): Promise<Drift> {
  const rows = new Map((await cacheRows(footprint)).map((row) => [row[C.partition], row]));
  const records = new Map<string, Row[]>();
  for (const record of await auditRows(footprint)) records.set(record[A.partition], [...records.get(record[A.partition]) ?? [], record]);
  const existing = new Set(footprint.model.names().filter((name) => NAMESPACES.some((namespace) => name.startsWith(`${namespace}/`))));
  const histories = new Map([...existing].map((name) => [name, historyOf(footprint, name)]));

  const stale = [...histories].filter(([name, history]) => !isRowOf(rows.get(name), history.at(-1)!));
  const undead = [...rows.values()].filter((row) => row[C.state] === CONFIG_STATE.active && !existing.has(row[C.partition]));
  const incomplete = [...histories].filter(([name, history]) => !isLogOf(records.get(name) ?? [], history));
  const endless = [...records].filter(([name, log]) => !existing.has(name) && !isEnded(log));
  return {
    rows: stale.length + undead.length, logs: incomplete.length + endless.length,
    parameters: existing.size, versions: [...histories.values()].flat().length,
  };
}

interface Version {
  readonly version: string;
  readonly time: string;
  /** As it is stored. */
  readonly value: string;
  readonly user: string;
}

function historyOf({ model }: Observed, name: string): readonly Version[] {
  const { Parameters: versions = [] } = model.do('GetParameterHistory', { Name: name, MaxResults: 50 });
  return versions.map(({ Version, LastModifiedDate, Value, LastModifiedUser }) => (
    { version: String(Version), time: String(LastModifiedDate!.getTime()), value: Value!, user: LastModifiedUser! }));
}

function isRowOf(row: Row | undefined, { version, time, user }: Version): boolean {
  return row?.[C.state] === CONFIG_STATE.active && row[C.version] === version && row[C.lastModified] === time && row[C.lastModifiedUser] === user;
}

function isLogOf(log: readonly Row[], history: readonly Version[]): boolean {
  return !isEnded(log) && history.every(({ version, time, value }) =>
    log.filter((record) => record[A.version] === version && record[A.time] === time && record[A.value] === value).length === 1);
}

function isEnded(log: readonly Row[]): boolean {
  return DELETIONS.includes(log.at(-1)?.[A.action] ?? '');
}

async function rowsOf({ server }: Observed, table: string): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await server.client.send(new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }));
    for (const item of page.Items ?? []) {
      rows.push(Object.fromEntries(Object.entries(item).map(([name, { S, N, L }]) => [name, S ?? N ?? L!.map((each) => each.S).join(', ')])));
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
}

function by(...attributes: readonly string[]): (a: Row, b: Row) => number {
  const key = (row: Row) => attributes.map((attribute) => row[attribute]).join(' ');
  return (a, b) => key(a) < key(b) ? -1 : 1;
}
