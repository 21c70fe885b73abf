import { deepStrictEqual } from 'node:assert';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventually } from '../../../../runtime/testing';
import type { DeployedStack } from '../stack';
import type { Identity } from './identity';

const WAITING = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/**
 * Waits until all queues of the stacks are empty, those for dead letters too. At the end of a run: a function that still has something to do
 * while its stack is destroyed writes its log group anew.
 */
export async function emptyQueues({ root, stack }: { readonly root: Identity; readonly stack: DeployedStack }): Promise<void> {
  for (const { path, physicalId: QueueUrl } of stack.ofType('AWS::SQS::Queue')) {
    await eventually(async () => {
      const { Attributes } = await root.as(SQSClient).send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...WAITING] }));
      deepStrictEqual(WAITING.map((name) => Attributes![name]), ['0', '0'], path);
    }, { within: '30s' });
  }
}
