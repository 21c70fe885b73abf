import type { SQSClient } from '@aws-sdk/client-sqs';
import { SqsRedelivery } from '../../../../lambda-src/shared/config/redelivery';

const pausesWith = async (random: number) => {
  const send = jest.fn(async (command: { readonly input: { readonly VisibilityTimeout?: number } }) => command.input.VisibilityTimeout);
  const redelivery = new SqsRedelivery({ send } as unknown as SQSClient, 'https://queue', () => random);
  for (const count of [1, 2, 3, 4, 5, 6, 200]) await redelivery.soon({ receiptHandle: 'handle' }, count);
  expect(send.mock.calls[0]?.[0].input).toMatchObject({ QueueUrl: 'https://queue', ReceiptHandle: 'handle' });
  return send.mock.calls.map(([{ input }]) => input.VisibilityTimeout);
};

test('pauses grow fourfold from two seconds to five minutes', async () => {
  await expect(pausesWith(1)).resolves.toEqual([2, 8, 32, 128, 300, 300, 300]);
});

test('messages that failed together do not come together again: a pause is from half of that to all of it', async () => {
  await expect(pausesWith(0)).resolves.toEqual([1, 4, 16, 64, 150, 150, 150]);
});
