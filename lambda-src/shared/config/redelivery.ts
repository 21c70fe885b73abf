import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/** Pauses before a message is received again, in seconds: the first, what each further one is multiplied with, and the longest. */
const FIRST_PAUSE = 2;
const FACTOR = 4;
const LONGEST_PAUSE = 300;

/** Sees to it that a message that has failed is received again soon. */
export interface Redelivery {
  /** @param receiveCount times that it has been received by now, the first included */
  soon(record: Pick<SQSRecord, 'receiptHandle'>, receiveCount: number): Promise<void>;
}

/**
 * Without it a failed message comes back when the queue's visibility timeout is over, which is six times the handler's timeout: minutes,
 * where Parameter Store shows a change after a moment. The pauses grow, so that a service that is away for a while is outlasted, and differ,
 * so that messages that failed together do not come together again.
 */
export class SqsRedelivery implements Redelivery {
  constructor(private readonly client: Pick<SQSClient, 'send'>, private readonly queueUrl: string, private readonly random = Math.random) {}

  async soon({ receiptHandle }: Pick<SQSRecord, 'receiptHandle'>, receiveCount: number): Promise<void> {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * FACTOR ** (receiveCount - 1));
    const VisibilityTimeout = Math.ceil(pause * (0.5 + this.random() / 2));
    await this.client.send(new ChangeMessageVisibilityCommand({ QueueUrl: this.queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
  }
}
