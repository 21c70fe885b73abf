import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ITaskScope } from './itask-scope';
import { bindEnvironment } from '../private/bind-environment';

/** Sets the scope's environment variables on a function; fails if it has those of another scope. */
export function bindScope(scope: ITaskScope, fn: lambda.Function): void {
  bindEnvironment(scope, {
    fn, environment: scope.environment, tier: 'TaskScope', what: 'scope',
    why: 'a function has one TASK_CACHE_SCOPE, so bind it to one scope, or give the other to the client in code',
  });
}
