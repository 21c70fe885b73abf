import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { HandlerOptions } from '../handler-options';

/**
 * How a handler is reached: by a queue, with another one for what cannot be handled. `deadLetterQueue` is that other one here; by default
 * it is defined.
 */
export interface QueuedHandlerOptions extends HandlerOptions {
  /**
   * Times that a message is received before it goes to the dead letters.
   *
   * @default 8
   */
  readonly maxReceiveCount?: number;

  /**
   * Key that encrypts the queues. Its policy must let EventBridge use it; that of a key that is defined in the app is extended.
   *
   * @default - a key that Amazon SQS owns, free of charge
   */
  readonly queueEncryptionKey?: kms.IKey;

  /**
   * How long dead letters are kept, up to 14 days. Not together with `deadLetterQueue`.
   *
   * @default Duration.days(14)
   */
  readonly deadLetterRetention?: Duration;
}

/** How changes reach a handler. */
export interface ParameterConsumerOptions extends QueuedHandlerOptions {
  /**
   * Messages that one invocation handles at most. More than 10 need a `maxBatchingWindow` of at least one second.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * How long messages are gathered before the handler is invoked, up to five minutes.
   *
   * @default Duration.seconds(0)
   */
  readonly maxBatchingWindow?: Duration;

  /**
   * Invocations at a time, from 2 to 1,000. Parameter Store takes few requests a second, so more are rarely faster.
   *
   * @default - 5, or `reservedConcurrentExecutions` if that is less
   */
  readonly maxConcurrency?: number;
}
