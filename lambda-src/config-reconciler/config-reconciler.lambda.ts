import { randomUUID } from 'node:crypto';
import { QueueContinuation } from './continuation';
import { createHandler, HANDLER_NAME } from './handler';
import { NamespacedStore } from './namespaced-store';
import { partsOfEnvironment } from './parts';
import { queuedHandlerOptions } from '../shared/config/queued-handler';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';

const options = queuedHandlerOptions(HANDLER_NAME);
const { namespaces, sqs, queueUrl } = options;
const store = new NamespacedStore(new SsmParameterStore(createSsmClient()), namespaces);

/** Messages of its own queue, and the custom resource by which a deployment starts an import. */
export const handler = createHandler({
  ...options,
  ...partsOfEnvironment(store, namespaces),
  store,
  continuation: new QueueContinuation(sqs, queueUrl),
  epoch: randomUUID,
});
