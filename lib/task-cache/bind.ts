import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ITaskScope } from './itask-scope';
import { TASK_ENVIRONMENT } from '../contract/tasks';
import { bindEnvironment } from '../private/bind-environment';

/** The one folder of a function that can be written to. */
const FOLDER = '/tmp/cache-tiers/tasks';

/** Sets the scope's environment variables on a function; fails if it has those of another scope. */
export function bindScope(scope: ITaskScope, fn: lambda.Function): void {
  bindEnvironment(scope, {
    fn, environment: { ...scope.environment, [TASK_ENVIRONMENT.folder]: FOLDER }, tier: 'TaskScope', what: 'scope',
    why: 'a function has one TASK_CACHE_SCOPE, so bind it to one scope, or give the other to the client in code',
  });
}
