import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, type Leg } from './place';
import type { Continuation } from './reconciler';

/** The reconciler's own queue. */
export class QueueContinuation implements Continuation {
  constructor(private readonly client: Pick<SQSClient, 'send'>, private readonly queueUrl: string) {}

  /** Goes on at a place. */
  async send(leg: Leg): Promise<void> {
    await this.sendMessage(messageOf(leg));
  }

  /** Begins a run. */
  async start(): Promise<void> {
    await this.sendMessage({});
  }

  private async sendMessage(message: object): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(message) }));
  }
}
