import { milliseconds } from '../../resilience/duration.js';
import type { TaskPolicy } from '../definition/shapes.js';
import type { Validity } from '../manifest/shapes.js';

/** Whether results under a policy are kept at all. A trigger may leave its policy out. */
export function isCached(policy: TaskPolicy | undefined): policy is Exclude<TaskPolicy, 'never'> {
  return policy !== undefined && policy !== 'never';
}

/** What a policy says of a result that is made now, by the clock of where it is kept. */
export function validityOf(policy: Exclude<TaskPolicy, 'never'>, now: number, runId: string): Validity {
  if (policy === 'forever') return { kind: 'forever' };
  if (policy === 'run') return { kind: 'run', run: runId };
  return 'ttl' in policy ? { kind: 'ttl', until: now + milliseconds('policy.ttl', policy.ttl) } : { kind: 'epoch', name: policy.epoch };
}
