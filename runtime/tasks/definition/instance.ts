import { InvalidArgumentError, show } from '../../errors.js';
import { invalid, reasonOf } from '../errors.js';
import { DECLARED_NAME, DECLARED_NAME_RULE } from './names.js';
import type { ParamSet, ParamsOfTask } from './param-set.js';
import type { TaskDefinition, TaskInstance } from './shapes.js';

/** What the runner knows of a task beside what its callers see. */
export interface KnownInstance extends TaskInstance {
  readonly definition: TaskDefinition;
  /** All parameters, with defaults, as `run` gets them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Text of each significant one, by name, that no other value has; of one that is private, of its slow hash. */
  readonly significant: Readonly<Record<string, string>>;
  /** Tasks that it requires, by name; worked out once. @throws InvalidArgumentError `E_TASK_DEFINITION` */
  requires(): Requires;
}

type Requires = Readonly<Record<string, KnownInstance | readonly KnownInstance[]>>;

/** The package may be loaded twice, as ESM and as CommonJS: a task of the one is a task to the other. */
const KNOWN = Symbol.for('cdk-cache-tiers.task');

/** Only what callers may see are properties of its own, so that it can be logged, private parameters and all. */
class Task implements KnownInstance {
  readonly id: string;
  readonly family: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly #definition: TaskDefinition;
  readonly #given: ParamsOfTask;
  #requires?: Requires;

  constructor(definition: TaskDefinition, set: ParamSet, given: ParamsOfTask) {
    this.#definition = definition;
    this.#given = given;
    this.family = definition.family;
    this.params = given.shown;
    this.id = set.idOf(given);
    Object.freeze(this);
  }

  get [KNOWN](): true {
    return true;
  }

  get definition(): TaskDefinition {
    return this.#definition;
  }

  get values(): Readonly<Record<string, unknown>> {
    return this.#given.values;
  }

  get significant(): Readonly<Record<string, string>> {
    return this.#given.significant;
  }

  requires(): Requires {
    return this.#requires ??= this.required();
  }

  private required(): Requires {
    const { requires } = this.#definition;
    if (requires === undefined) return {};
    let named: unknown;
    try {
      named = requires(this.values);
    } catch (error) {
      throw new InvalidArgumentError('E_TASK_DEFINITION', `requires of ${this.id} failed: ${reasonOf(error)}`, { cause: error });
    }
    if (typeof named !== 'object' || named === null || Array.isArray(named) || 'then' in named) {
      throw invalid(`requires of ${this.id} must return an object of tasks by name, got ${show(named)}`, 'E_TASK_DEFINITION');
    }
    return Object.freeze(Object.fromEntries(Object.entries(named).map(([name, item]) => [name, this.oneOrMany(name, item)])));
  }

  private oneOrMany(name: string, item: unknown): KnownInstance | readonly KnownInstance[] {
    if (!DECLARED_NAME.test(name)) {
      throw invalid(`requires of ${this.id} must have ${DECLARED_NAME_RULE}, got ${show(name)}`, 'E_TASK_DEFINITION');
    }
    if (!Array.isArray(item)) return knownInstance(item, `requires.${name} of ${this.id}`);
    return Object.freeze(Array.from(item, (one, i) => knownInstance(one, `requires.${name}[${i}] of ${this.id}`)));
  }
}

export function taskOf(definition: TaskDefinition, set: ParamSet, given: unknown): KnownInstance {
  return new Task(definition, set, set.read(given));
}

/**
 * A task as the runner knows it.
 *
 * @param place where it was given, for the error: `tasks[2]`
 * @throws InvalidArgumentError `E_TASK_DEFINITION` if it is none
 */
export function knownInstance(value: unknown, place: string): KnownInstance {
  if (typeof value === 'object' && value !== null && (value as { [KNOWN]?: true })[KNOWN] === true) return value as KnownInstance;
  const hint = typeof value === 'function' ? 'a family: call it with its parameters' : show(value);
  throw invalid(`${place} must be a task, which calling a family of defineTask makes, got ${hint}`, 'E_TASK_DEFINITION');
}
