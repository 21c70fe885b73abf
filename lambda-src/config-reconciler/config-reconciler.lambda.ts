import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { QueueContinuation } from './continuation';
import { createHandler, HANDLER_NAME } from './handler';
import { NamespacedStore } from './namespaced-store';
import { partsOfEnvironment } from './parts';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { SqsDeadLetters } from '../shared/config/dead-letters';
import { maxReceiveCountSetting, namespacesSetting } from '../shared/config/settings';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';
import { createLogger, createMetrics } from '../shared/config/telemetry';
import { requireEnvironment } from '../shared/environment';

const namespaces = namespacesSetting();
const store = new NamespacedStore(new SsmParameterStore(createSsmClient()), namespaces);
const sqs = new SQSClient({});

/** Messages of its own queue, and the custom resource by which a deployment starts the first import. */
export const handler = createHandler({
  ...partsOfEnvironment(store, namespaces),
  store,
  namespaces,
  continuation: new QueueContinuation(sqs, requireEnvironment(CONFIG_ENVIRONMENT.reconcilerQueueUrl)),
  deadLetters: new SqsDeadLetters(sqs, requireEnvironment(CONFIG_ENVIRONMENT.deadLetterQueueUrl)),
  maxReceiveCount: maxReceiveCountSetting(),
  metrics: createMetrics(),
  logger: createLogger(HANDLER_NAME),
  epoch: randomUUID,
  now: Date.now,
});
