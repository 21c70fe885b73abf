import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { putResponse } from './custom-resource-response';
import { log } from './log';

/** Time before the function's end in which the answer must be out. */
const ANSWER_TIME = 10_000;

/** CloudFormation takes 4,096 bytes in all; the identifiers need a part of them. */
const MAX_REASON_LENGTH = 1_000;

/** Physical id of a resource that never came to be: CloudFormation deletes it, and there is nothing to delete. */
const NEVER_CREATED = 'never-created';

export interface CustomResourceResult {
  /** Another id than before makes CloudFormation delete the former resource. Default: the id stays. */
  readonly physicalResourceId?: string;
  /** Attributes for `Fn::GetAtt`. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Does what the event asks for; must stop when the signal aborts. */
export type CustomResourceWork = (event: CloudFormationCustomResourceEvent, signal: AbortSignal) => Promise<CustomResourceResult | void>;

export type CustomResourceContext = Pick<Context, 'getRemainingTimeInMillis' | 'logGroupName' | 'logStreamName'>;

export interface CustomResourceOptions {
  readonly put?: typeof putResponse;
}

/**
 * Handles an event of a custom resource and always answers it: also when the work fails, and before the function runs out of time.
 * Only if the answer itself cannot be delivered does it fail, so that Lambda invokes the function again.
 *
 * The event is never logged: its ResponseURL lets whoever has it answer for us.
 */
export async function answerCustomResource(
  event: CloudFormationCustomResourceEvent,
  context: CustomResourceContext,
  work: CustomResourceWork,
  options: CustomResourceOptions = {},
): Promise<void> {
  const outcome = await run(event, context, work);
  const { put = putResponse } = options;
  const { StackId, RequestId, LogicalResourceId } = event;
  log('custom resource', { request: event.RequestType, resource: LogicalResourceId, status: outcome.Status, reason: outcome.Reason });
  await put(event.ResponseURL, JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome }));
}

interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
  readonly Data?: Readonly<Record<string, string>>;
}

async function run(event: CloudFormationCustomResourceEvent, context: CustomResourceContext, work: CustomResourceWork): Promise<Outcome> {
  const formerId = event.RequestType === 'Create' ? undefined : event.PhysicalResourceId;
  if (event.RequestType === 'Delete' && formerId === NEVER_CREATED) return { Status: 'SUCCESS', PhysicalResourceId: NEVER_CREATED };
  try {
    const result = await withinTime(context, (signal) => work(event, signal));
    return {
      Status: 'SUCCESS',
      PhysicalResourceId: result?.physicalResourceId ?? formerId ?? event.LogicalResourceId,
      ...(result?.data && { Data: result.data }),
    };
  } catch (error) {
    return { Status: 'FAILED', PhysicalResourceId: formerId ?? NEVER_CREATED, Reason: reasonOf(error, context) };
  }
}

async function withinTime<T>(context: CustomResourceContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Of a short timeout the half: a function of five seconds has some time for its work, too.
  const remaining = context.getRemainingTimeInMillis();
  const time = Math.max(remaining - ANSWER_TIME, remaining / 2);
  const outOfTime = new Error(`not done after ${Math.round(time / 1000)} s: give the handler more time by its timeout property`);
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { controller.abort(outOfTime); reject(outOfTime); }, time);
  });
  try {
    return await Promise.race([work(controller.signal), expiry]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown, context: CustomResourceContext): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'the handler failed';
  return `${text.slice(0, MAX_REASON_LENGTH)} (log group ${context.logGroupName}, stream ${context.logStreamName})`;
}
