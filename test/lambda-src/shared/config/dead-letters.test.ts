import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { SqsDeadLetters } from '../../../../lambda-src/shared/config/dead-letters';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111111111111/dead';
const send = jest.fn<Promise<object>, [SendMessageCommand]>();
const deadLetters = new SqsDeadLetters({ send } as never, QUEUE);

beforeEach(() => send.mockReset().mockResolvedValue({}));

test('a dead letter is the message as it was received, with reason and handler as attributes', async () => {
  await deadLetters.send({ body: '{"a": 1}', reason: 'detail must be an object', handler: 'config-auditor' });
  expect(send.mock.calls[0]?.[0].input).toEqual({
    QueueUrl: QUEUE,
    MessageBody: '{"a": 1}',
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: 'detail must be an object' },
      handler: { DataType: 'String', StringValue: 'config-auditor' },
    },
  });
});

test('a long reason is shortened', async () => {
  await deadLetters.send({ body: 'x', reason: 'r'.repeat(1_000), handler: 'config-auditor' });
  expect(send.mock.calls[0]?.[0].input.MessageAttributes?.reason?.StringValue).toHaveLength(256);
});

test('fails if the queue does', async () => {
  send.mockRejectedValue(new Error('away'));
  await expect(deadLetters.send({ body: 'x', reason: 'r', handler: 'h' })).rejects.toThrow('away');
});
