import { InvalidArgumentError, show } from '../../errors.js';
import { milliseconds } from '../../resilience/duration.js';
import { invalid } from '../errors.js';
import { taskOf } from './instance.js';
import { FAMILY_NAME } from './names.js';
import { ParamSet } from './param-set.js';
import type { ParamSpecs } from './params.js';
import { checkPolicy } from './policy.js';
import type { Requirements, TaskDefinition, TaskFamily, TaskInstance } from './shapes.js';

const PROPERTIES: readonly (keyof TaskDefinition)[] = [
  'family', 'kind', 'policy', 'params', 'requires', 'inputs', 'env', 'version', 'priority', 'retries', 'retryDelay', 'timeout', 'verify', 'run',
];

type Nothing = Record<never, never>;

/**
 * Defines a family of tasks. Called with parameters, it names one task.
 *
 * @throws InvalidArgumentError `E_TASK_DEFINITION`; `E_TASK_KIND` for a `trigger` that is to be cached or verified
 */
export function defineTask<const P extends ParamSpecs = Nothing, R extends Requirements = Nothing, V = unknown, W = V>(
  definition: TaskDefinition<P, R, V, W>,
): TaskFamily<P, V> {
  const checked = checkedDefinition(definition as unknown as TaskDefinition);
  const set = new ParamSet(checked.family, checked.params ?? {});
  const family = (given?: unknown) => taskOf(checked, set, given) as TaskInstance<V>;
  return Object.freeze(Object.assign(family, { family: checked.family, kind: checked.kind }));
}

/** A copy, so that nobody changes it later. */
function checkedDefinition(given: TaskDefinition): TaskDefinition {
  if (typeof given !== 'object' || given === null) throw invalid(`defineTask must be given a definition, got ${show(given)}`, 'E_TASK_DEFINITION');
  const { family, version } = given;
  if (typeof family !== 'string' || !FAMILY_NAME.test(family)) {
    throw invalid(`family must be letters, digits, _, . and -, 100 at most, the first one a letter, a digit or _, got ${show(family)}`,
      'E_TASK_DEFINITION');
  }
  const unknown = Object.keys(given).find((name) => !(PROPERTIES as readonly string[]).includes(name));
  if (unknown !== undefined) refuse(family, `there is no property ${show(unknown)}: it may have ${PROPERTIES.join(', ')}`);
  checkPolicy(given);
  for (const name of ['run', 'requires', 'verify'] as const) {
    const value = given[name];
    if (typeof value !== 'function' && (name === 'run' || value !== undefined)) refuse(family, `${name} must be a function, got ${show(value)}`);
  }
  if (given.inputs === null || !['function', 'object', 'undefined'].includes(typeof given.inputs)) {
    refuse(family, `inputs must be an object of inputs by name, or a function that returns one, got ${show(given.inputs)}`);
  }
  if (version !== undefined && typeof version !== 'string') refuse(family, `version must be a string, got ${show(version)}`);
  checkEnv(family, given.env);
  checkNumbers(given);
  return Object.freeze({ ...given, ...(given.env && { env: Object.freeze([...given.env]) }) });
}

function checkEnv(family: string, env: unknown): void {
  if (env === undefined) return;
  if (!Array.isArray(env)) return refuse(family, `env must be a list of names of environment variables, got ${show(env)}`);
  const wrong: unknown = env.find((name) => typeof name !== 'string' || !/^[^=\0]+$/.test(name));
  if (wrong !== undefined) refuse(family, `env must be names of environment variables, got ${show(wrong)}`);
}

function checkNumbers({ family, priority, retries, retryDelay, timeout }: TaskDefinition): void {
  if (priority !== undefined && !Number.isFinite(priority)) refuse(family, `priority must be a number, got ${show(priority)}`);
  if (retries !== undefined && !(Number.isSafeInteger(retries) && retries >= 0)) {
    refuse(family, `retries must be a whole number, 0 or more, got ${show(retries)}`);
  }
  for (const [name, duration] of Object.entries({ retryDelay, timeout })) {
    if (duration === undefined) continue;
    try {
      milliseconds(name, duration);
    } catch (error) {
      throw new InvalidArgumentError('E_TASK_DEFINITION', `task ${family}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function refuse(family: string, message: string): never {
  throw invalid(`task ${family}: ${message}`, 'E_TASK_DEFINITION');
}
