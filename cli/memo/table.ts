import { Option } from 'commander';
import { MEMO_ENVIRONMENT } from '../../lib/contract/memo.js';
import { regionOfArn } from '../../runtime/aws/endpoint.js';
import type { MemoOperator } from '../../runtime/memoize/operator.js';
import { UsageError, type GlobalOptions, type Io } from '../context.js';

/** Options of the memo commands. */
export interface TableOptions extends GlobalOptions {
  readonly table?: string;
  readonly endpoint?: string;
}

export const tableOption = () => new Option('-t, --table <name>', 'name or ARN of the table (default: $CACHE_TABLE)');
export const endpointOption = () => new Option('--endpoint <url>', 'endpoint of DynamoDB (default: $AWS_ENDPOINT_URL_DYNAMODB, AWS\'s own)');

/** The table's name as the user knows it. @throws UsageError if none is named */
export function tableOf({ table: given }: TableOptions, { env }: Io): string {
  const table = given ?? env[MEMO_ENVIRONMENT.table];
  if (table) return table;
  throw new UsageError(given === undefined
    ? `no table is named: pass --table, or set ${MEMO_ENVIRONMENT.table}` : '--table is empty: give the name or ARN of a table');
}

/** Runs something on the table, and closes its connections. */
export async function withTable<T>(
  options: TableOptions & { readonly bucket?: string }, io: Io, run: (operator: MemoOperator, table: string) => Promise<T>,
): Promise<T> {
  const table = tableOf(options, io);
  const { MemoOperator } = await import('../../runtime/memoize/operator.js');
  const operator = new MemoOperator({
    table,
    region: options.region ?? regionOfArn(table) ?? (io.env[MEMO_ENVIRONMENT.region] || undefined),
    endpoint: options.endpoint,
    bucket: options.bucket ?? (io.env[MEMO_ENVIRONMENT.bucket] || undefined),
  });
  try {
    return await run(operator, table);
  } finally {
    operator.close();
  }
}
