import type { CloudFormationCustomResourceEvent, Context, DynamoDBBatchResponse, DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumerOptions, createConsumer } from '../shared/config/consumer';
import { homeOf } from '../shared/config/events/parameter-name';
import type { RulesTable } from '../../runtime/config/tables/rules-table';
import { TimeLimit } from '../shared/config/time-limit';
import { answerCustomResource, type CustomResourceContext, type CustomResourceOptions } from '../shared/custom-resource';
import { DeclaredRules } from './declared-rules';
import type { OwnQueue } from './own-queue';
import { QueueConsumer } from './queue-consumer';
import type { ReplicationStore } from './replication-store';
import { Replicator } from './replicator';
import { followRules } from './rules-stream';

export interface HandlerOptions extends Omit<ConsumerOptions, 'consumer'>, CustomResourceOptions {
  readonly table: RulesTable;
  readonly store: ReplicationStore;
  readonly queue: OwnQueue;
  readonly region: string;
}

export type HandlerContext = CustomResourceContext & Partial<Context>;

/** A page of rules may take this long when Parameter Store throttles, in milliseconds. A sync begins none that late. */
const SYNC_RESERVE = 60_000;

/** The replicator's function: it has a queue, the stream of the table of rules, and the custom resource of declared rules. */
export function createHandler(options: HandlerOptions) {
  return async (event: unknown, context: HandlerContext): Promise<SQSBatchResponse | DynamoDBBatchResponse | void> => {
    const { account = '', region } = homeOf(context);
    const home = { account, region: region || options.region };
    if (isCustomResource(event)) {
      const declared = new DeclaredRules(options.table, home);
      return answerCustomResource(event, context, (request, signal) => declared.carryOut(request, signal), options);
    }
    const replicator = new Replicator({ ...options, home });
    const { source, records } = recordsOf(event);
    if (source === 'aws:dynamodb') return followStream(records as readonly DynamoDBRecord[], replicator, options, context);
    if (source === 'aws:sqs') return consumerOf(replicator, options, context)(event as SQSEvent, context);
    throw new Error(`the event is of ${JSON.stringify(source ?? 'no known source')}: only a queue, a stream and CloudFormation are handled`);
  };
}

function consumerOf(replicator: Replicator, options: HandlerOptions, context: HandlerContext) {
  const { queue, logger, now } = options;
  const remaining = context.getRemainingTimeInMillis();
  const end = now() + Math.max(remaining - SYNC_RESERVE, remaining / 2);
  return createConsumer({ ...options, consumer: new QueueConsumer({ replicator, queue, logger, over: () => now() >= end }) });
}

async function followStream(
  records: readonly DynamoDBRecord[], replicator: Replicator, { queue, logger, metrics }: HandlerOptions, context: HandlerContext,
): Promise<DynamoDBBatchResponse> {
  logger.begin(context);
  const limit = new TimeLimit(context.getRemainingTimeInMillis());
  try {
    return await followRules(records, { replicator, queue, logger, limit });
  } finally {
    limit.end();
    metrics.flush();
  }
}

function isCustomResource(event: unknown): event is CloudFormationCustomResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event && 'ResponseURL' in event;
}

function recordsOf(event: unknown): { readonly source?: string; readonly records: readonly unknown[] } {
  const { Records: records } = (event ?? {}) as { readonly Records?: unknown };
  if (!Array.isArray(records)) return { records: [] };
  return { source: (records[0] as { eventSource?: string } | undefined)?.eventSource, records };
}
