import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A message that the replicator, or its schedule, sends to its queue. */
export type OwnMessage
  /** Carry out all rules; those before the place are done. */
  = | { readonly sync: true; readonly after?: string }
    /** Carry out the rule of a destination. */
    | { readonly rule: string };

/** The replicator's own queue. */
export interface OwnQueue {
  send(message: OwnMessage): Promise<void>;
}

export class SqsOwnQueue implements OwnQueue {
  constructor(private readonly client: Pick<SQSClient, 'send'>, private readonly queueUrl: string) {}

  async send(message: OwnMessage): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(message) }));
  }
}

/** What a message says, if it is one of our own; a message can be any JSON. */
export function ownMessage(message: unknown): OwnMessage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { sync, after, rule } = message as Readonly<Record<string, unknown>>;
  if (sync === true) return { sync, ...(typeof after === 'string' && { after }) };
  return typeof rule === 'string' ? { rule } : undefined;
}
