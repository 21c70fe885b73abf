import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ITaskScope } from './itask-scope';
import { TASK_ENVIRONMENT } from '../contract/tasks';
import { show, validationError } from '../private/errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.TaskScope.bound');

/** The one folder of a function that can be written to. */
const FOLDER = '/tmp/cache-tiers/tasks';

interface Bound {
  [BOUND]?: { readonly path: string; readonly environment: { [name: string]: string } };
}

/** Sets the scope's environment variables on a function; fails if it has those of another scope. */
export function bindEnvironment(scope: ITaskScope, fn: lambda.Function): void {
  const environment = { ...scope.environment, [TASK_ENVIRONMENT.folder]: FOLDER };
  const bound = (fn as Bound)[BOUND];
  if (bound !== undefined && JSON.stringify(bound.environment) !== JSON.stringify(environment)) {
    throw validationError(scope, `fn ${show(fn.node.path)} is bound to another scope, ${show(bound.path)}: `
      + 'a function has one TASK_CACHE_SCOPE, so bind it to one scope, or give the other to the client in code');
  }
  Object.defineProperty(fn, BOUND, { value: { path: scope.node.path, environment }, configurable: true });
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}
