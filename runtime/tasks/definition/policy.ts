import { InvalidArgumentError, show } from '../../errors.js';
import { milliseconds } from '../../resilience/duration.js';
import { invalid } from '../errors.js';
import type { TaskDefinition, TaskPolicy } from './shapes.js';

/** Epochs are named on the command line. */
const EPOCH_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** What kind and policy say, and whether they go together. @throws InvalidArgumentError `E_TASK_DEFINITION`, `E_TASK_KIND` */
export function checkPolicy({ family, kind, policy, verify }: TaskDefinition): void {
  if (kind === 'trigger') {
    if (policy !== undefined && policy !== 'never') {
      throw invalid(`task ${family}: a trigger is run each time, so its policy must be 'never' or be left out, got ${show(policy)}`, 'E_TASK_KIND');
    }
    if (verify !== undefined) {
      throw invalid(`task ${family}: a trigger is run each time, so there is nothing to verify: leave verify out`, 'E_TASK_KIND');
    }
    return;
  }
  if (kind !== 'read' && kind !== 'ensure') refuse(family, `kind must be 'read', 'ensure' or 'trigger', got ${show(kind)}`);
  if (kind === 'read' && verify !== undefined) refuse(family, 'verify is for kind \'ensure\': what is only read is read again once it is not valid');
  checkValid(family, policy);
}

function checkValid(family: string, policy: TaskPolicy): void {
  if (policy === 'never' || policy === 'run' || policy === 'forever') return;
  const names = typeof policy === 'object' && policy !== null ? Object.keys(policy) : [];
  if (names.length === 1 && names[0] === 'ttl') return checkTtl(family, (policy as { ttl: unknown }).ttl);
  if (names.length === 1 && names[0] === 'epoch') return checkEpoch(family, (policy as { epoch: unknown }).epoch);
  refuse(family, `policy must be 'never', 'run', 'forever', { ttl: '7d' } or { epoch: 'name' }, got ${show(policy)}`);
}

function checkTtl(family: string, ttl: unknown): void {
  let length = 0;
  try {
    length = milliseconds('policy.ttl', ttl as number);
  } catch (error) {
    throw new InvalidArgumentError('E_TASK_DEFINITION', `task ${family}: ${(error as Error).message}`, { cause: error });
  }
  if (!(length > 0 && length < Infinity)) refuse(family, `policy.ttl must be more than nothing and have an end, got ${show(ttl)}`);
}

function checkEpoch(family: string, name: unknown): void {
  if (typeof name !== 'string' || !EPOCH_NAME.test(name)) {
    refuse(family, `policy.epoch must be letters, digits, _, . and -, 100 at most, got ${show(name)}`);
  }
}

function refuse(family: string, message: string): never {
  throw invalid(`task ${family}: ${message}`, 'E_TASK_DEFINITION');
}
