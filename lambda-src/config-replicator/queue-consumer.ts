import type { ParameterEventConsumer } from '../shared/config/consumer';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import type { Logger } from '../shared/config/telemetry';
import { type OwnQueue, ownMessage } from './own-queue';
import type { Replicator } from './replicator';

export interface QueueConsumerOptions {
  readonly replicator: Replicator;
  readonly queue: OwnQueue;
  readonly logger: Pick<Logger, 'info'>;
  /** A sync is to stop and to go on in another invocation. */
  readonly over: () => boolean;
}

/** What comes by the replicator's queue: changes of parameters, the schedule's messages and its own. */
export class QueueConsumer implements ParameterEventConsumer {
  readonly handlerName: string;

  constructor(private readonly options: QueueConsumerOptions) {
    this.handlerName = options.replicator.handlerName;
  }

  apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> {
    return this.options.replicator.apply(event, attempt);
  }

  async own(message: unknown): Promise<boolean> {
    const own = ownMessage(message);
    if (own === undefined) return false;
    if ('rule' in own) await this.options.replicator.ruleChanged(own.rule);
    else await this.sync(own.after);
    return true;
  }

  private async sync(after: string | undefined): Promise<void> {
    const { replicator, queue, logger, over } = this.options;
    const { results, next } = await replicator.syncAll({ after, over });
    // Before the line that says so: who reads it can rely on it.
    if (next !== undefined) await queue.send({ sync: true, after: next });
    logger.info(next === undefined ? 'synced' : 'sync goes on', { ...results });
  }
}
