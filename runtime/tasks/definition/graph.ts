import { TaskError, invalid } from '../errors.js';
import { knownInstance, type KnownInstance } from './instance.js';
import type { TaskDefinition, TaskInstance } from './shapes.js';

/** One task of a graph. */
export interface TaskNode {
  readonly task: KnownInstance;
  /** Tasks that it requires, by the name that it calls them by. */
  readonly requires: Readonly<Record<string, TaskNode | readonly TaskNode[]>>;
  /** The same, each once. */
  readonly required: readonly TaskNode[];
  /** Tasks that require it, each once. */
  readonly dependents: readonly TaskNode[];
}

/** Tasks and all that they require, each once: what has the same id is the same task. */
export interface TaskGraph {
  /** By id; every task stands after those that it requires. */
  readonly nodes: ReadonlyMap<string, TaskNode>;
  /** Those that were asked for, each once, in the order in which they were given. */
  readonly wanted: readonly TaskNode[];
}

/** More are nobody's workflow, but a `requires` that names a new task each time. */
const MAX_TASKS = 1_000_000;

/**
 * The graph of what is required. Tasks that differ in parameters that are not significant only are one task: the first that is met.
 *
 * @throws TaskError `E_TASK_CYCLE` with the way round
 * @throws InvalidArgumentError `E_TASK_DEFINITION` if two definitions have one family's name, or what is required is no task, or has no end
 */
export function graphOf(tasks: readonly TaskInstance[], { maxTasks = MAX_TASKS }: { readonly maxTasks?: number } = {}): TaskGraph {
  const walk = new Walk(maxTasks);
  const wanted = tasks.map((task, i) => walk.visit(knownInstance(task, `tasks[${i}]`)));
  return { nodes: walk.done, wanted: [...new Set(wanted)] };
}

interface Growing extends TaskNode {
  requires: Record<string, TaskNode | readonly TaskNode[]>;
  readonly required: Growing[];
  readonly dependents: TaskNode[];
}

/** A task whose required ones are being looked at: those from `next` on are still to come. */
interface Step {
  readonly node: Growing;
  readonly required: readonly KnownInstance[];
  next: number;
}

/** Depth first, with a stack of its own: a chain of tasks may be longer than the language's stack is deep. */
class Walk {
  /** In the order in which they were left, so after what they require. */
  readonly done = new Map<string, Growing>();
  /** Tasks on the way down from the one that was asked for, by id, in order. */
  private readonly way = new Map<string, Step>();
  private readonly definitions = new Map<string, TaskDefinition>();

  constructor(private readonly maxTasks: number) {}

  visit(wanted: KnownInstance): Growing {
    const known = this.done.get(wanted.id);
    if (known !== undefined) {
      this.checkDefinition(wanted);
      return known;
    }
    const stack = [this.enter(wanted)];
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      if (step.next === step.required.length) {
        this.leave(step);
        stack.pop();
        continue;
      }
      const required = step.required[step.next++];
      this.checkDefinition(required);
      if (this.way.has(required.id)) throw this.cycle(required);
      if (!this.done.has(required.id)) stack.push(this.enter(required));
    }
    return this.done.get(wanted.id)!;
  }

  private enter(task: KnownInstance): Step {
    this.checkDefinition(task);
    if (this.done.size + this.way.size >= this.maxTasks) {
      throw invalid(`requires of ${task.family} has no end: there are more than ${this.maxTasks} tasks`, 'E_TASK_DEFINITION');
    }
    const required = Object.values(task.requires()).flat();
    const step = { node: { task, requires: {}, required: [], dependents: [] }, required, next: 0 };
    this.way.set(task.id, step);
    return step;
  }

  private leave({ node, required }: Step): void {
    const { task } = node;
    const nodeOf = ({ id }: KnownInstance) => this.done.get(id)!;
    for (const [name, one] of Object.entries(task.requires())) {
      node.requires[name] = Array.isArray(one) ? one.map(nodeOf) : nodeOf(one as KnownInstance);
    }
    for (const other of new Set(required.map(nodeOf))) {
      node.required.push(other);
      other.dependents.push(node);
    }
    this.way.delete(task.id);
    this.done.set(task.id, node);
  }

  /** Ids are made of the family's name, so two definitions of one name would share results. */
  private checkDefinition({ family, definition }: KnownInstance): void {
    const known = this.definitions.get(family);
    if (known === undefined) this.definitions.set(family, definition);
    else if (known !== definition) {
      throw invalid(`two definitions are called ${family}: call one of them something else, or define it once`, 'E_TASK_DEFINITION');
    }
  }

  private cycle({ id }: KnownInstance): TaskError {
    const way = [...this.way.keys()];
    const round = [...way.slice(way.indexOf(id)), id];
    const shown = round.length > 20 ? [...round.slice(0, 10), `… ${round.length - 20} more …`, ...round.slice(-10)] : round;
    return new TaskError('E_TASK_CYCLE', `tasks require each other, so none of them can be first: ${shown.join(' → ')}`);
  }
}
