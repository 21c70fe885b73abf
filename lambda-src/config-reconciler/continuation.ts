import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { formatLeg, type Leg } from './place';

/** The reconciler's own queue. */
export class QueueContinuation {
  constructor(private readonly client: Pick<SQSClient, 'send'>, private readonly queueUrl: string) {}

  /** Goes on at a place. */
  async send(leg: Leg): Promise<void> {
    await this.sendBody(formatLeg(leg));
  }

  /** Begins a run. */
  async start(): Promise<void> {
    await this.sendBody('{}');
  }

  private async sendBody(body: string): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: body }));
  }
}
