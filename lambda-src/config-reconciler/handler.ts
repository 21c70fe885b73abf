import type { CloudFormationCustomResourceEvent, Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { QueueContinuation } from './continuation';
import { legOf } from './place';
import { Reconciler, type ReconcilerOptions } from './reconciler';
import { answerCustomResource, type CustomResourceOptions } from '../shared/custom-resource';
import { createConsumer, type ConsumerOptions, type ParameterEventConsumer } from '../shared/config/consumer';
import { InvalidEvent } from '../shared/config/events/invalid-event';
import { failureFields } from '../shared/config/failure-fields';

export const HANDLER_NAME = 'config-reconciler';

/** A page and what it takes to send on the place must fit into this. */
const RESERVE = 60_000;

export interface ReconcilerHandlerOptions extends ReconcilerOptions, Omit<ConsumerOptions, 'consumer'>, CustomResourceOptions {
  readonly continuation: Pick<QueueContinuation, 'send' | 'start'>;
}

type ReconcilerEvent = SQSEvent | CloudFormationCustomResourceEvent;

export function createHandler(options: ReconcilerHandlerOptions) {
  const reconciler = new Reconciler(options);
  return async (event: ReconcilerEvent, context: Context): Promise<SQSBatchResponse | void> => {
    if ('RequestType' in event) return answerCustomResource(event, context, () => startImport(event, options), options);
    return createConsumer({ ...options, consumer: consumerOf(reconciler, options, context) })(event, context);
  };
}

/** The reconciler's queue has no events of Parameter Store, but where the reconciler stands. */
function consumerOf(reconciler: Reconciler, { logger }: ReconcilerHandlerOptions, context: Context): ParameterEventConsumer {
  const remaining = () => context.getRemainingTimeInMillis();
  // Of little time a quarter: each leg must get on.
  const reserve = Math.min(RESERVE, remaining() / 4);
  return {
    handlerName: HANDLER_NAME,
    own: async (message) => {
      const leg = legOf(message);
      const end = await reconciler.run(leg, { remaining, reserve });
      logger.info(end, { leg: leg?.legs ?? 1 });
      return true;
    },
    apply: () => Promise.reject(new InvalidEvent('the reconciler takes no events')),
  };
}

/**
 * An update comes when there is something else to import, or to import into. A deployment never waits for the import and never fails by it:
 * the schedule makes up for one that could not be started.
 */
async function startImport(event: CloudFormationCustomResourceEvent, { continuation, logger }: ReconcilerHandlerOptions): Promise<void> {
  if (event.RequestType === 'Delete') return;
  try {
    await continuation.start();
  } catch (error) {
    logger.error('the import could not be started: the schedule will', failureFields(error));
  }
}
