import { createConsumer } from '../shared/config/consumer';
import { queuedHandlerOptions } from '../shared/config/queued-handler';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';
import { auditLogOfEnvironment, createAuditor } from './create-auditor';

const HANDLER_NAME = 'config-auditor';

const options = queuedHandlerOptions(HANDLER_NAME);
const auditor = createAuditor({
  store: new SsmParameterStore(createSsmClient()),
  log: auditLogOfEnvironment(),
  namespaces: options.namespaces,
  now: Date.now,
});

/** Events of parameters → records of the audit log. */
export const handler = createConsumer({
  ...options,
  consumer: { handlerName: HANDLER_NAME, apply: (event, attempt) => auditor.apply(event, attempt) },
});
