import { SQSClient } from '@aws-sdk/client-sqs';
import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config';
import { requireEnvironment } from '../environment';
import type { ConsumerOptions } from './consumer';
import { SqsDeadLetters } from './dead-letters';
import { SqsRedelivery } from './redelivery';
import { maxReceiveCountSetting, namespacesSetting } from './settings';
import { createLogger, createMetrics } from './telemetry';

export interface QueuedHandlerOptions extends Omit<ConsumerOptions, 'consumer'> {
  readonly sqs: SQSClient;
  /** Of the handler's own queue. */
  readonly queueUrl: string;
}

/** Milliseconds. Also with all attempts, a deployment that starts an import does not wait longer than for a moment. */
const TIMEOUT = 3_000;

/** By itself the SDK waits for an answer as long as the connection lives. */
export function createSqsClient(timeout = TIMEOUT): SQSClient {
  return new SQSClient({ requestHandler: { connectionTimeout: timeout, requestTimeout: timeout, throwOnRequestTimeout: true } });
}

/** What every handler that a queue invokes has from its environment. Call it when the module loads. */
export function queuedHandlerOptions(handlerName: string): QueuedHandlerOptions {
  const sqs = createSqsClient();
  const queueUrl = requireEnvironment(CONFIG_ENVIRONMENT.queueUrl);
  return {
    sqs,
    queueUrl,
    deadLetters: new SqsDeadLetters(sqs, requireEnvironment(CONFIG_ENVIRONMENT.deadLetterQueueUrl)),
    redelivery: new SqsRedelivery(sqs, queueUrl),
    namespaces: namespacesSetting(),
    maxReceiveCount: maxReceiveCountSetting(),
    metrics: createMetrics(),
    logger: createLogger(handlerName),
    now: Date.now,
  };
}
