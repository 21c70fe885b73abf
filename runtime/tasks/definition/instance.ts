import type { TaskDefinition, TaskInstance } from './shapes.js';

/** What the runner knows of a task beside what its callers see. */
export interface KnownInstance extends TaskInstance {
  readonly definition: TaskDefinition;
  /** All parameters, with defaults. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Text of the significant ones that no other values have, of `keyText`. */
  readonly significant: string;
  /** Tasks that it requires, by name; worked out once. @throws InvalidArgumentError `E_TASK_DEFINITION` */
  requires(): Readonly<Record<string, KnownInstance | readonly KnownInstance[]>>;
}
