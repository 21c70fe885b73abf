import { InvalidArgumentError, show } from '../errors.js';
import { isObject, type Json } from './readable.js';

/** What is read of a resource. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
}

const LEVELS = 200; // far more than a template that was synthesized has

export const templateError = (message: string): InvalidArgumentError => new InvalidArgumentError('E_TESTING_TEMPLATE', message);

/** The resources of a template. @throws InvalidArgumentError `E_TESTING_TEMPLATE` */
export function resourcesOf(template: unknown): Resource[] {
  const isTemplate = isObject(template) && typeof template.toJSON !== 'function';
  const resources = isTemplate ? template.Resources ?? {} : undefined;
  if (!isObject(resources)) {
    throw templateError(`template must be a synthesized template as an object, such as Template.fromStack(stack).toJSON(), got ${show(template)}`);
  }
  return Object.entries(resources).filter((entry): entry is [string, Json] => isObject(entry[1])).map(([id, resource]) => {
    assertJson(id, resource, LEVELS);
    const { Type, Properties } = resource;
    return { id, type: String(Type), properties: isObject(Properties) ? Properties : {} };
  });
}

/** So that all that reads a resource may rely on it, and follow it down. */
function assertJson(id: string, value: unknown, levels: number): void {
  if (levels === 0) throw templateError(`template must be JSON, and ${id} in it is nested more than ${LEVELS} levels deep, or contains itself`);
  if (/^(bigint|function|symbol)$/.test(typeof value)) throw templateError(`template must be JSON, and ${id} in it has ${show(value)}`);
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) assertJson(id, item, levels - 1);
}
