import { SQSClient } from '@aws-sdk/client-sqs';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { createConsumer } from '../shared/config/consumer';
import { SqsDeadLetters } from '../shared/config/dead-letters';
import { maxReceiveCountSetting, namespacesSetting } from '../shared/config/settings';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';
import { createLogger, createMetrics } from '../shared/config/telemetry';
import { requireEnvironment } from '../shared/environment';
import { auditLogOfEnvironment, createAuditor } from './create-auditor';

const HANDLER_NAME = 'config-auditor';

const namespaces = namespacesSetting();
const auditor = createAuditor({
  store: new SsmParameterStore(createSsmClient()),
  log: auditLogOfEnvironment(),
  namespaces,
  now: Date.now,
});

/** Events of parameters → records of the audit log. */
export const handler = createConsumer({
  consumer: { handlerName: HANDLER_NAME, apply: (event, attempt) => auditor.apply(event, attempt) },
  namespaces,
  maxReceiveCount: maxReceiveCountSetting(),
  deadLetters: new SqsDeadLetters(new SQSClient({}), requireEnvironment(CONFIG_ENVIRONMENT.deadLetterQueueUrl)),
  metrics: createMetrics(),
  logger: createLogger(HANDLER_NAME),
  now: Date.now,
});
