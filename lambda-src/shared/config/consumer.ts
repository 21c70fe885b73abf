import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ConsumerOptions, ParameterEventConsumer } from './consumer-options';
import { homeOf } from './events/parameter-name';
import { failureFields } from './failure-fields';
import { MessageHandling } from './message-handling';
import { OutOfTime, TimeLimit } from './time-limit';

export type { ConsumerOptions, ParameterEventConsumer };

export type ConsumerContext = Pick<Context, 'getRemainingTimeInMillis'> & Partial<Context>;

/**
 * A handler of a queue of events. Messages are handled side by side, and none has a part in another's failure: what failed is received
 * again, what can never be handled goes to the dead letters with its reason and counts as done. What is not done when the function's
 * time is nearly over has failed.
 */
export function createConsumer(options: ConsumerOptions): (event: SQSEvent, context: ConsumerContext) => Promise<SQSBatchResponse> {
  return async (event, context) => {
    const { logger, metrics } = options;
    logger.begin(context);
    const limit = new TimeLimit(context.getRemainingTimeInMillis());
    const handling = new MessageHandling(options, homeOf(context), limit);
    try {
      const handle = (record: SQSRecord) => limit.within(handling.handle(record)).catch((error: unknown) => {
        // What still runs may never come to say anything.
        if (error instanceof OutOfTime) logger.error('failed', { message_id: record.messageId, ...failureFields(error) });
        throw error;
      });
      return await processPartialResponse(event, handle, new BatchProcessor(EventType.SQS), { throwOnFullBatchFailure: false });
    } finally {
      limit.end();
      metrics.flush();
    }
  };
}
