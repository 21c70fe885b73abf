import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';
import { show, validationError } from './errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.bound');

interface Bound {
  [BOUND]?: { readonly [name: string]: string };
}

/** Sets a construct's environment variables on a function; fails if another construct has set one of them. */
export function bindEnvironment(scope: IConstruct, fn: lambda.Function, environment: { readonly [name: string]: string }): void {
  const bound = (fn as Bound)[BOUND] ?? {};
  const { path } = scope.node;
  for (const [name, value] of Object.entries(environment)) {
    if (bound[name] !== undefined && bound[name] !== path) {
      throw validationError(scope, `fn ${show(fn.node.path)} is bound to another construct, ${show(bound[name])}: a function has one ${name}, `
        + 'so bind it to one of them, or pass the other\'s environment to the client in code');
    }
    fn.addEnvironment(name, value);
  }
  const own = Object.fromEntries(Object.keys(environment).map((name) => [name, path]));
  Object.defineProperty(fn, BOUND, { value: { ...bound, ...own }, configurable: true });
}
