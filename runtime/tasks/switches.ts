import { isPattern, matchesName, type TaskSwitchesValue } from '../../lib/contract/tasks.js';
import type { SsmClient } from '../aws/ssm.js';
import { show } from '../errors.js';
import { TaskError } from './errors.js';

/** Which families of tasks are cached, as the switches of a cache say it. */
export class TaskSwitches {
  /** Everything is on. */
  static readonly ON = new TaskSwitches({});

  /** From long to short. */
  private readonly patterns: readonly (readonly [pattern: string, on: boolean])[];

  constructor(readonly value: TaskSwitchesValue) {
    this.patterns = Object.entries(value.tasks ?? {}).filter(([name]) => isPattern(name)).sort(([a], [b]) => b.length - a.length);
  }

  /** @param text JSON of `TaskSwitchesValue`; @throws TaskError `E_TASK_OPTION` if it is none */
  static parse(text: string): TaskSwitches {
    return new TaskSwitches(checked(parsed(text)));
  }

  /** Whether anything is on at all. */
  get enabled(): boolean {
    return this.value.enabled ?? true;
  }

  /** Whether results of a family are reused and kept. */
  allows(family: string): boolean {
    if (!this.enabled) return false;
    const { tasks = {} } = this.value;
    if (Object.hasOwn(tasks, family)) return tasks[family]!;
    const [, on] = this.patterns.find(([pattern]) => matchesName(pattern, family)) ?? [];
    return on ?? this.value.default ?? true;
  }

  /** With everything, or the families of a pattern, switched on or off. @returns the same ones if they say so already */
  with(on: boolean, pattern?: string): TaskSwitches {
    if (pattern === undefined) return this.enabled === on ? this : new TaskSwitches({ ...this.value, enabled: on });
    const tasks = this.value.tasks ?? {};
    // What is said last counts: longer patterns and names that it stands for would go before it.
    const others = Object.entries(tasks).filter(([name]) => name !== pattern && !(isPattern(pattern) && matchesName(pattern, name)));
    if (Object.hasOwn(tasks, pattern) && tasks[pattern] === on && others.length === Object.keys(tasks).length - 1) return this;
    return new TaskSwitches({ ...this.value, tasks: Object.fromEntries([...others, [pattern, on]]) });
  }
}

/**
 * Reads the switches. One request.
 *
 * @param name of the SSM parameter
 * @throws AwsError, also where there is no such parameter; TaskError `E_TASK_OPTION` if it has something else
 */
export async function readSwitches(ssm: SsmClient, name: string, signal?: AbortSignal): Promise<TaskSwitches> {
  const { Parameter } = await ssm.call<{ readonly Parameter?: { readonly Value?: string } }>('GetParameter', { Name: name }, signal);
  return TaskSwitches.parse(Parameter?.Value ?? '');
}

/** Replaces the switches. Who wrote last is right: Parameter Store knows no condition. @throws AwsError */
export async function writeSwitches(ssm: SsmClient, name: string, value: TaskSwitchesValue, signal?: AbortSignal): Promise<void> {
  await ssm.call('PutParameter', { Name: name, Type: 'String', Value: JSON.stringify(value), Overwrite: true }, signal);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(`must be JSON such as {"enabled":true,"tasks":{"Delete*":false}}, got ${show(text)}`, cause);
  }
}

/** Members that are not known stay: who knows them may have written them. */
function checked(value: unknown): TaskSwitchesValue {
  if (!isObject(value)) throw wrong(`must be a JSON object, got ${show(value)}`);
  for (const name of ['enabled', 'default'] as const) {
    const given = value[name];
    if (given !== undefined && typeof given !== 'boolean') throw wrong(`${name} must be true or false, got ${show(given)}`);
  }
  const { tasks = {} } = value;
  if (!isObject(tasks)) throw wrong(`tasks must be an object of names with true or false, got ${show(tasks)}`);
  for (const [name, on] of Object.entries(tasks)) {
    if (typeof on !== 'boolean') throw wrong(`tasks[${show(name)}] must be true or false, got ${show(on)}`);
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(message: string, cause?: unknown): TaskError {
  return new TaskError('E_TASK_OPTION', `switches: ${message}`, { cause });
}
