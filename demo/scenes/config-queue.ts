import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { batchOf, contextWith } from '../../test/support/parameter-events/messages';

/** Messages that a function gets at once. */
const BATCH = 10;
/** Milliseconds that an invocation has. */
const TIMEOUT = 900_000;

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | object | void>;

/** A queue and the function behind it: messages come in batches, and those that the function reports as failed come again. */
export class Queue {
  /** Messages that the function was given, those that came again too. */
  received = 0;
  private waiting: unknown[] = [];
  private isStopped = false;

  constructor(private readonly handler: QueueHandler) {}

  get isEmpty(): boolean { return this.waiting.length === 0; }

  send(...messages: readonly unknown[]): void {
    this.waiting.push(...messages);
  }

  /** The function is invoked no more. */
  stop(): void { this.isStopped = true; }

  /** Lets the function handle all that is there. A message that goes on failing ends as a dead letter, so this ends. */
  async drain(): Promise<void> {
    while (!this.isEmpty) await this.invoke(this.waiting.splice(0, BATCH), 1);
  }

  private async invoke(messages: readonly unknown[], receives: number): Promise<void> {
    if (this.isStopped) throw new Error('the queue is stopped');
    this.received += messages.length;
    const answer = await this.handler(batchOf(messages, receives), contextWith(TIMEOUT)) ?? {};
    const { batchItemFailures: failures = [] } = answer as Partial<SQSBatchResponse>;
    if (failures.length === 0) return;
    const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
    await this.invoke(messages.filter((_, i) => failed.has(`m${i}`)), receives + 1);
  }
}
