import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { MEMO_GENERATION } from '../../lib/contract/memo';
import { type FailureClass, failureClassOf } from '../../runtime/resilience/failure';
import type { EntryStore } from '../../runtime/stores/entry-store';
import { answerCustomResource, type CustomResourceContext, type CustomResourceOptions } from '../shared/custom-resource';
import { log } from '../shared/log';
import { retry } from '../shared/retry';

/** What MemoFlush gives to its custom resource. */
interface FlushProperties {
  readonly ServiceToken: string;
  readonly Trigger?: string;
  readonly FunctionNames?: readonly string[];
}

export interface FlushDependencies extends CustomResourceOptions {
  readonly store: Pick<EntryStore, 'raise'>;
  readonly now: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const MAY_PASS: ReadonlySet<FailureClass> = new Set<FailureClass>(['timeout', 'connection', 'throttled', 'server']);

/** The generation counters that an event asks to raise: none on deletion, and none on an update that leaves the trigger as it was. */
export function scopesToRaise(event: CloudFormationCustomResourceEvent): string[] {
  if (event.RequestType === 'Delete') return [];
  const properties: FlushProperties = event.ResourceProperties;
  if (event.RequestType === 'Update') {
    const former: FlushProperties = event.OldResourceProperties;
    if (former.Trigger === properties.Trigger) return [];
  }
  return properties.FunctionNames?.map((name) => MEMO_GENERATION.fn(name)) ?? [MEMO_GENERATION.all];
}

/** Raises counters one by one. To raise one twice does no harm, so a second invocation may begin anew. */
async function raiseAll(scopes: readonly string[], dependencies: FlushDependencies, signal: AbortSignal): Promise<void> {
  for (const scope of scopes) {
    const generation = await retry(() => dependencies.store.raise(scope, dependencies.now(), signal), {
      attempts: 5, backoff: 200, retryable: (error) => MAY_PASS.has(failureClassOf(error)), signal, sleep: dependencies.sleep,
    });
    log('flushed', { scope, generation: generation.counter });
  }
}

export function createHandler(dependencies: FlushDependencies) {
  return (event: CloudFormationCustomResourceEvent, context: CustomResourceContext): Promise<void> =>
    answerCustomResource(event, context, (request, signal) => raiseAll(scopesToRaise(request), dependencies, signal), dependencies);
}
