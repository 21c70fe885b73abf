import { TASK_NAME, TASK_OBJECT_PREFIX, taskScopePrefix } from '../../lib/contract/tasks';
import { namesBelow, type NamesPlace } from '../shared/names-below';
import { Tally } from './tally';

/** All scopes, by the names of objects. What is no name is not the cache's. @throws AwsError */
export function scopesIn(place: NamesPlace): Promise<string[]> {
  return validNames(TASK_OBJECT_PREFIX, place);
}

/** All namespaces of a scope, in the order of their names. @throws AwsError */
export async function placesIn(scope: string, place: NamesPlace): Promise<Tally[]> {
  return (await validNames(taskScopePrefix(scope), place)).map((namespace) => new Tally(scope, namespace));
}

async function validNames(prefix: string, place: NamesPlace): Promise<string[]> {
  const names: string[] = [];
  for await (const name of namesBelow(prefix, place)) if (TASK_NAME.test(name)) names.push(name);
  return names;
}
