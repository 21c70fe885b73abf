import { defineTask } from '../../../../runtime/tasks/definition/define';
import { knownInstance, type KnownInstance } from '../../../../runtime/tasks/definition/instance';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';

/** Defines a task as a program without types may. */
export function defined(definition: object): (params?: object) => TaskInstance {
  return defineTask({ family: 'Task', kind: 'read', policy: 'run', run: () => undefined, ...definition } as never) as never;
}

/** One task of these parameters, as the runner knows it. */
export function task(params: object, given: object = {}, definition: object = {}): KnownInstance {
  return knownInstance(defined({ params, ...definition })(given), 'task');
}

/** What it throws: its code and message. */
export function thrownBy(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'nothing';
}
