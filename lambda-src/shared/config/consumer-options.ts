import type { DeadLetters } from './dead-letters';
import type { Attempt, Outcome, ParameterEvent } from './parameter-event';
import type { Redelivery } from './redelivery';
import type { Logger, Metrics } from './telemetry';

/** Who carries out changes. */
export interface ParameterEventConsumer {
  readonly handlerName: string;
  apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome>;
  /** Handles a message that is no event but the handler's own. False: it is none. Called with whatever JSON a message holds. */
  own?(message: unknown, attempt: Attempt): Promise<boolean>;
}

export interface ConsumerOptions {
  readonly consumer: ParameterEventConsumer;
  readonly namespaces: readonly string[];
  /** Times that a message is received before SQS gives it up. */
  readonly maxReceiveCount: number;
  readonly deadLetters: DeadLetters;
  readonly redelivery: Redelivery;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
}
