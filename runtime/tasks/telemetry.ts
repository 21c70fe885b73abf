import { TASK_METRIC, TASK_METRIC_DIMENSION, TASK_METRIC_NAMESPACE } from '../../lib/contract/tasks.js';
import type { Clock } from '../resilience/clock.js';
import { ClientTelemetry } from '../telemetry/client-telemetry.js';
import { eventChannels } from '../telemetry/event-channels.js';
import { reasonOf } from './errors.js';
import type { RunnerEvents } from './running/events.js';
import type { StorageReporter, TaskCounter } from './storage/reporter.js';

/** Messages on `diagnostics_channel`: `cdk-cache-tiers:tasks:<event>`. None holds a private parameter, a value or a file's content. */
export interface TaskEvents extends RunnerEvents {
  /** A store failed; nobody was told. */
  error: { readonly place: string; readonly operation: string; readonly error: unknown };
  /** Something was there and was not used: damaged, missing, of another form. `what` is a task's id, a folder's name or `manifest`. */
  rejected: { readonly place: string; readonly what: string; readonly error: unknown };
}

export const TASK_CHANNELS = eventChannels<TaskEvents>('tasks', [
  'begin', 'start', 'wait', 'attempt', 'retry', 'stale', 'progress', 'made', 'finish', 'end', 'error', 'rejected',
]);

export interface TaskTelemetryOptions {
  readonly scope: string;
  readonly namespace: string;
  readonly emf: boolean;
  /** @default systemClock */
  readonly clock?: Clock;
  /** Takes the lines of the embedded metric format. @default - standard output */
  readonly write?: (line: string) => void;
}

/** Messages of so many failures are kept. */
const MESSAGES = 10;

/** Counters and events of one storage and of who uses it, and the ways out of the process. */
export class TaskTelemetry extends ClientTelemetry<TaskCounter, TaskEvents> implements StorageReporter {
  private readonly messages: string[] = [];

  constructor({ scope, namespace, emf, clock, write }: TaskTelemetryOptions) {
    const dimensions = { [TASK_METRIC_DIMENSION.scope]: scope, [TASK_METRIC_DIMENSION.namespace]: namespace };
    super({
      counters: Object.keys(TASK_METRIC) as TaskCounter[], milliseconds: ['savedTime'], channels: TASK_CHANNELS,
      meter: 'cache_tiers.tasks', attributes: { scope, namespace },
      emf: emf ? { namespace: TASK_METRIC_NAMESPACE, dimensions, metrics: TASK_METRIC, clock, write } : undefined,
      onMeterError: (error) => this.publish('error', () => ({ place: 'OpenTelemetry', operation: 'observe', error })),
    });
  }

  storeError(place: string, operation: string, error: unknown): void {
    this.add('storeErrors');
    this.messages.push(`${operation} in ${place}: ${reasonOf(error)}`);
    if (this.messages.length > MESSAGES) this.messages.shift();
    this.publish('error', () => ({ place, operation, error }));
  }

  /** What the last failures of stores were, so many of them; 10 at most are known. */
  lastStoreErrors(count: number): readonly string[] {
    return count > 0 ? this.messages.slice(-count) : [];
  }

  rejected(place: string, what: string, error: unknown): void {
    this.add('rejected');
    this.publish('rejected', () => ({ place, what, error }));
  }
}
