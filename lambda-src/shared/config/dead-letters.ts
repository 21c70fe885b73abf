import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A message that was given up, as it was received. */
export interface DeadLetter {
  readonly body: string;
  /** Why. Holds no value of the message. */
  readonly reason: string;
  /** Who gave it up. */
  readonly handler: string;
}

/** Where messages go that can never be handled. Who sends one and fails must not take the message for done. */
export interface DeadLetters {
  send(letter: DeadLetter): Promise<void>;
}

const MAX_REASON_LENGTH = 256;

/** A queue. Its messages can be sent back to their own queue by SQS's redrive. */
export class SqsDeadLetters implements DeadLetters {
  constructor(private readonly client: Pick<SQSClient, 'send'>, private readonly queueUrl: string) {}

  async send({ body, reason, handler }: DeadLetter): Promise<void> {
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    await this.client.send(new SendMessageCommand({
      QueueUrl: this.queueUrl,
      MessageBody: body,
      MessageAttributes: { reason: text(reason.slice(0, MAX_REASON_LENGTH)), handler: text(handler) },
    }));
  }
}
