import { defineTask } from '../../../../runtime/tasks/definition/define';
import type { RunnerEvent } from '../../../../runtime/tasks/running/events';
import type { TaskRunnerOptions } from '../../../../runtime/tasks/running/options';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';
import { MemoryResultStorage, type SharedResults } from '../../../support/tasks/memory-result-storage';
import { TestClock } from '../../../support/tasks/test-clock';

/** A runner on a storage and a clock of its own, and what it told. */
export function world(options: Partial<TaskRunnerOptions> & { readonly shared?: SharedResults } = {}) {
  const { shared, ...rest } = options;
  const storage = new MemoryResultStorage(shared);
  const clock = new TestClock();
  const events: RunnerEvent[] = [];
  const runner = new TaskRunner({ storage, clock, runId: 'test', env: {}, onEvent: (event) => events.push(event), ...rest });
  return { storage, clock, events, runner, named: <E extends RunnerEvent['event']>(event: E) => eventsOf(events, event) };
}

export function eventsOf<E extends RunnerEvent['event']>(events: readonly RunnerEvent[], event: E): Extract<RunnerEvent, { event: E }>[] {
  return events.filter((each): each is Extract<RunnerEvent, { event: E }> => each.event === event);
}

/** A family of tasks that count how often they ran; the value is their `n` plus the values of what they require. */
export function counting(family: string, version = '1') {
  const runs: number[] = [];
  const task = defineTask({
    family, kind: 'read', policy: 'forever', version, params: { n: 'integer' },
    run: ({ params }) => {
      runs.push(params.n);
      return params.n;
    },
  });
  return { task, runs };
}

/** A promise that others settle. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** Resolves once what can go on without timers has gone on: a number of turns of the event loop. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}
