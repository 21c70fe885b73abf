import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { CONFIG_ALLOWED, CONFIG_RULE_KEY } from '../../lib/contract/config';
import { Bulkhead } from '../../runtime/resilience/bulkhead';
import { failureFields } from '../shared/config/failure-fields';
import { isRuleRow } from '../../runtime/config/tables/rules-table';
import type { Logger } from '../shared/config/telemetry';
import type { TimeLimit } from '../shared/config/time-limit';
import type { OwnQueue } from './own-queue';
import type { Replicator } from './replicator';

export interface RulesStreamOptions {
  readonly replicator: Replicator;
  readonly queue: OwnQueue;
  readonly logger: Pick<Logger, 'error'>;
  readonly limit: TimeLimit;
}

/** Rules of one batch that are carried out at once. */
const CONCURRENCY = 4;

/**
 * The destination whose rule a record of the stream tells of: a row, or its declaration. None: a scope, by which any rule may be allowed
 * or refused; the next sync sees to them.
 */
function destinationOf({ dynamodb }: DynamoDBRecord): string | undefined {
  const partition = dynamodb?.Keys?.[CONFIG_RULE_KEY.partition]?.S ?? '#';
  if (isRuleRow(partition)) return partition;
  const declared = dynamodb?.Keys?.[CONFIG_RULE_KEY.sort]?.S;
  return partition === CONFIG_ALLOWED.declared ? declared?.slice(CONFIG_ALLOWED.sortKey('').length) : undefined;
}

/**
 * Carries out the rules whose rows have changed. A shard waits for a record that fails, and all later rules with it: so such a rule goes
 * to the queue, and is tried again there. Only if that fails as well is the record reported.
 */
export async function followRules(records: readonly DynamoDBRecord[], options: RulesStreamOptions): Promise<DynamoDBBatchResponse> {
  const byDestination = new Map<string, string[]>();
  for (const record of records) {
    const destination = destinationOf(record);
    if (destination === undefined) continue;
    byDestination.set(destination, [...byDestination.get(destination) ?? [], record.dynamodb?.SequenceNumber ?? '']);
  }
  const bulkhead = new Bulkhead(CONCURRENCY);
  const failed = await Promise.all([...byDestination].map(async ([destination, sequenceNumbers]) => {
    const done = await options.limit.within(bulkhead.run(() => carryOut(destination, options))).catch((error: unknown) => {
      options.logger.error('failed', { destination, ...failureFields(error) });
      return false;
    });
    return done ? [] : sequenceNumbers;
  }));
  return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
}

async function carryOut(destination: string, { replicator, queue, logger, limit }: RulesStreamOptions): Promise<boolean> {
  if (limit.over) return false;
  try {
    await replicator.ruleChanged(destination);
    return true;
  } catch (error) {
    logger.error('to be tried again by the queue', { destination, ...failureFields(error) });
  }
  try {
    await queue.send({ rule: destination });
    return true;
  } catch (error) {
    logger.error('the queue cannot be reached', { destination, ...failureFields(error) });
    return false;
  }
}
