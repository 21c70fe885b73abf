import type { SQSRecord } from 'aws-lambda';
import { CONFIG_LATE_MS, CONFIG_METRIC } from '../../../lib/contract/config';
import type { ConsumerOptions } from './consumer-options';
import { InvalidEvent } from './events/invalid-event';
import type { Home } from './events/parameter-name';
import { parseEvent, type ParsedEvent } from './events/parse';
import { failureFields, failureName } from './failure-fields';
import type { Attempt, Outcome, ParameterEvent } from './parameter-event';
import { NotVisibleYet } from './parameter-store';
import type { TimeLimit } from './time-limit';

/** By then, in milliseconds, Parameter Store shows what was written: it takes moments. */
const SETTLED = 60_000;

/** A message has failed and is to be received again. What there is to say has been logged: the batch must know no more. */
class MessageFailed extends Error {
  override readonly name = 'MessageFailed';
}

/** One message: from its text to changes that are carried out, or to the dead letters. */
export class MessageHandling {
  constructor(private readonly options: ConsumerOptions, private readonly home: Home, private readonly limit: TimeLimit) {}

  /** @throws MessageFailed if the message is to be received again */
  async handle(record: SQSRecord): Promise<void> {
    const attempt = { last: receiveCount(record) >= this.options.maxReceiveCount };
    try {
      const message = messageOf(record);
      if (await this.own(message, attempt)) return;
      await this.applyAll(parseEvent(message, this.options.namespaces, this.home), attempt);
    } catch (error) {
      await this.failed(record, error, attempt);
    }
  }

  private async own(message: unknown, attempt: Attempt): Promise<boolean> {
    const { consumer, logger } = this.options;
    try {
      return await consumer.own?.(message, attempt) ?? false;
    } catch (error) {
      logger.error('failed', failureFields(error));
      throw error;
    }
  }

  /** Each event has its chance, also where another of the same message fails. */
  private async applyAll({ events, ignored }: ParsedEvent, attempt: Attempt): Promise<void> {
    const { logger, metrics } = this.options;
    if (ignored !== undefined) {
      metrics.count(CONFIG_METRIC.eventsIgnored);
      logger.info('ignored', { reason: ignored });
    }
    const results = await Promise.allSettled(events.map((event) => this.apply(event, attempt)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private async apply(event: ParameterEvent, attempt: Attempt): Promise<void> {
    const { consumer, logger, now } = this.options;
    const fields = { parameter: event.name, action: event.action, event_id: event.eventId };
    const settled = now() - event.time >= SETTLED;
    try {
      const outcome = await consumer.apply(event, { last: attempt.last || settled });
      const age = this.count(event, outcome);
      logger.info(outcome, { ...fields, age });
    } catch (error) {
      if (error instanceof NotVisibleYet) logger.info('not visible yet', { ...fields, error_message: error.message });
      else logger.error('failed', { ...fields, ...failureFields(error) });
      throw error;
    }
  }

  private count(event: ParameterEvent, outcome: Outcome): number {
    const { metrics, now } = this.options;
    const age = Math.max(0, now() - event.time);
    metrics.count(outcome === 'duplicate' ? CONFIG_METRIC.eventsDuplicated : CONFIG_METRIC.eventsHandled);
    if (age > CONFIG_LATE_MS) metrics.count(CONFIG_METRIC.eventsLate);
    metrics.milliseconds(CONFIG_METRIC.eventAge, age);
    return age;
  }

  private async failed(record: SQSRecord, error: unknown, attempt: Attempt): Promise<void> {
    const { consumer, deadLetters, logger, metrics } = this.options;
    const { messageId, body } = record;
    const never = error instanceof InvalidEvent;
    // Out of time, the batch has reported the message as failed: a dead letter of ours would be a second one.
    if (this.limit.over) throw new MessageFailed('to be received again');
    if (!never && !attempt.last) return this.again(record);
    const reason = never ? error.message : failureName(error);
    try {
      await deadLetters.send({ body, reason, handler: consumer.handlerName });
    } catch (sendError) {
      logger.error('dead letter not sent', { message_id: messageId, reason, ...failureFields(sendError) });
      throw new MessageFailed('to be received again, for its dead letter could not be sent');
    }
    metrics.count(CONFIG_METRIC.eventsRejected);
    logger.warn('rejected', { message_id: messageId, reason });
  }

  private async again(record: SQSRecord): Promise<never> {
    const { logger, redelivery } = this.options;
    try {
      await redelivery.soon(record, receiveCount(record));
    } catch (error) {
      // It comes back all the same, only later.
      logger.warn('the visibility timeout could not be changed', { message_id: record.messageId, ...failureFields(error) });
    }
    throw new MessageFailed('to be received again');
  }
}

function messageOf({ body }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidEvent('the message must be JSON');
  }
}

/** A message without the attribute is received for the first time. */
function receiveCount({ attributes }: SQSRecord): number {
  return Number(attributes?.ApproximateReceiveCount) || 1;
}
