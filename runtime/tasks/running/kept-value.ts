import { show } from '../../errors.js';
import { TaskError } from '../errors.js';

/** Deeper data are nobody's, but a list that is linked. */
const MAX_DEPTH = 500;

/**
 * A value as it will be once it was kept and found again: a copy, frozen, without members that are undefined. So a result is the same to those who
 * require it whether it is new or not, and none of them can change it for the others.
 *
 * @throws TaskError `E_TASK_OUTPUT` that names the place of what JSON does not keep
 */
export function keptValue(value: unknown): unknown {
  return value === undefined ? undefined : copy(value, 'value', []);
}

/** The same for a value that was kept. */
export function frozen(value: unknown): unknown {
  const stack = [value]; // of its own: what was found may be nested deeper than the language's stack is
  for (let next = stack.pop(); stack.length > 0 || next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    Object.freeze(next);
    for (const member of Object.values(next)) if (typeof member === 'object') stack.push(member);
  }
  return value;
}

function copy(value: unknown, place: string, above: object[]): unknown {
  switch (typeof value) {
    case 'string': case 'boolean': return value;
    case 'number':
      if (!Number.isFinite(value)) throw refused(place, value, 'no number of JSON: leave it out, or return null');
      return value === 0 ? 0 : value; // -0 would come back as 0
    case 'object': return value === null ? null : copyOfObject(value, place, above);
    default: throw refused(place, value, typeof value === 'undefined' ? 'nothing in a list: return null' : `a ${typeof value}`);
  }
}

function copyOfObject(value: object, place: string, above: object[]): unknown {
  if (above.includes(value)) throw refused(place, value, 'part of itself');
  if (above.length >= MAX_DEPTH) throw new TaskError('E_TASK_OUTPUT', `the value is nested more than ${MAX_DEPTH} deep, which is not kept`);
  above.push(value);
  const result = Array.isArray(value) ? Array.from(value, (item, i) => copy(item, `${place}[${i}]`, above)) : copyOfRecord(value, place, above);
  above.pop();
  return Object.freeze(result);
}

function copyOfRecord(value: object, place: string, above: object[]): object {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) { // of another realm too
    throw refused(place, value, 'an object of a class: return plain data that has what is to be kept of it');
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, copy(member, `${place}${step(name)}`, above)]));
}

function step(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function refused(place: string, value: unknown, what: string): TaskError {
  return new TaskError('E_TASK_OUTPUT', `${place} cannot be kept: it is ${what}; got ${show(value)}`);
}
