import { cacheTableOfEnvironment, createCacheManager } from './create-cache-manager';
import { CoalescingDescribe } from '../shared/config/coalescing-describe';
import { createConsumer } from '../shared/config/consumer';
import { queuedHandlerOptions } from '../shared/config/queued-handler';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';

const HANDLER_NAME = 'config-cache-manager';

const manager = createCacheManager({
  store: new CoalescingDescribe(new SsmParameterStore(createSsmClient())),
  table: cacheTableOfEnvironment(),
  now: Date.now,
});

/** Events of parameters → rows of the table of names. */
export const handler = createConsumer({
  ...queuedHandlerOptions(HANDLER_NAME),
  consumer: { handlerName: HANDLER_NAME, apply: (event, attempt) => manager.apply(event, attempt) },
});
