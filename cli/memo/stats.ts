import { Command } from 'commander';
import type { Inventory } from '../../runtime/memoize/inventory.js';
import type { MemoOperator, TableDescription } from '../../runtime/memoize/operator.js';
import { columns } from '../columns.js';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, GlobalOptions, Io, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { explain } from '../explain.js';
import { ago, bytes, count, facts, printable } from '../format.js';
import { describeScope } from './call.js';
import { withTable } from './table.js';

interface StatsOptions {
  readonly scan?: boolean;
  readonly yes?: boolean;
}

export function statsCommand(wire: Wire): Command {
  return new Command('stats')
    .description('the table: size, time to live, flushes; with --scan what is in it, by function')
    .option('--scan', 'read the whole table and count values and bytes by function; shows what that costs, and asks')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Items and bytes are DynamoDB's own count, which it makes every six hours. Hits and misses are in the client's metrics (namespace
CdkCacheTiers/Memo), not in the table. A scan needs the permission dynamodb:Scan, which no grant of MemoCache includes.

Examples:
  cache-tiers memo stats --table cache-prod --region eu-west-1
  cache-tiers memo stats --scan --yes --json | jq '.scan.functions[] | {name, bytes}'`)
    .action(wire(stats));
}

const stats: Action<StatsOptions> = (options, io) => withTable(options, io, async (operator) => {
  if (options.scan) canAsk(options, io);
  const table = await operator.describe(io.signal);
  if (!options.json) io.stdout.write(`${describe(table)}\n`);
  const inventory = options.scan ? await scan(operator, table, options, io) : undefined;
  if (options.json) io.stdout.write(`${JSON.stringify(asJson(table, inventory), undefined, 2)}\n`);
  else if (inventory) io.stdout.write(`\n${describeInventory(inventory)}\n`);
  return EXIT.ok;
});

async function scan(operator: MemoOperator, table: TableDescription, options: StatsOptions & GlobalOptions, io: Io): Promise<Inventory> {
  const units = Math.max(1, Math.ceil(table.bytes / 4096 / 2));
  io.stderr.write(`scan: reads the whole table, ${count(table.items, 'item')} and ${bytes(table.bytes)} at DynamoDB's last count: `
    + `${count(units, 'read unit')} or more (a million cost 0.125 USD in us-east-1, on demand)\n`);
  await confirmed('Scan?', options, io);
  const live = io.stderr.isTTY === true;
  const line = (text: string) => { if (live) io.stderr.write(`\r\x1b[K${text}`); };
  try {
    return await operator.inventory((soFar) => line(`read ${count(soFar.items, 'item')}, ${bytes(soFar.bytes)}`), io.signal);
  } finally {
    line('');
  }
}

function describe(table: TableDescription): string {
  const { ttl, flushes } = table;
  const now = Date.now();
  const doubt = table.isMemoTable ? '' : ': not a table of MemoCache, its keys are not pk and sk';
  return facts([
    ['table', `${printable(table.table)} (${table.status}, ${table.billing})${doubt}`],
    ['items', count(table.items)],
    ['size', bytes(table.bytes)],
    ...(table.createdAt === undefined ? [] : [['created', ago(table.createdAt, now)] as const]),
    ['expiry', 'error' in ttl ? unknown(ttl.error) : `TTL ${ttl.status}${ttl.attribute ? ` on ${ttl.attribute}` : ''}`],
    ['flushed', 'error' in flushes ? unknown(flushes.error)
      : flushes.counter === 0 ? 'never, as a whole' : `as a whole, last ${ago(flushes.raised, now)}`],
  ]);
}

function unknown(error: Error): string {
  return `unknown: ${explain(error)}`;
}

function describeInventory({ functions, flushes, items, bytes: size, foreign, readUnits }: Inventory): string {
  const header = ['function', 'fresh', 'stale', 'flushed', 'expired', 'bytes'];
  const rows = functions.map((each) => [
    printable(each.version === '' ? each.name : `${each.name} (version ${each.version})`),
    count(each.fresh), count(each.stale), count(each.invalidated), count(each.expired), bytes(each.bytes),
  ]);
  const now = Date.now();
  const raised = flushes.map((each) => [describeScope(each.scope), `last flushed ${ago(each.raised, now)}`]);
  const others = foreign === 0 ? '' : `; ${count(foreign, 'item')} not of the client's`;
  return [
    rows.length === 0 ? 'no values' : columns([header, ...rows], { right: true }),
    ...(raised.length === 0 ? [] : ['', 'flushes', columns(raised, { right: true })]),
    '',
    `${count(items, 'item')}, ${bytes(size)}, ${count(readUnits, 'read unit')}${others}`,
  ].join('\n');
}

function asJson({ ttl, flushes, createdAt, ...table }: TableDescription, scan: Inventory | undefined): object {
  const time = (milliseconds: number) => milliseconds > 0 ? new Date(milliseconds).toISOString() : null;
  const flushed = ({ raised }: { raised: number }) => ({ raisedAt: time(raised) });
  return {
    ...table,
    createdAt: createdAt === undefined ? null : time(createdAt),
    ttl: 'error' in ttl ? { error: explain(ttl.error) } : ttl,
    flushes: 'error' in flushes ? { error: explain(flushes.error) } : flushed(flushes),
    ...(scan && { scan: { ...scan, flushes: scan.flushes.map(({ scope, ...each }) => ({ scope, ...flushed(each) })) } }),
  };
}
