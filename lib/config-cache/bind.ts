import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';
import { validationError } from '../private/errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.Config.bound');

interface Bound {
  [BOUND]?: Map<string, { readonly path: string; readonly value: string }>;
}

/** Sets environment variables on a function; fails if it has one of them from another construct, with another value. */
export function bindEnvironment(construct: IConstruct, fn: lambda.Function, environment: { readonly [name: string]: string }): void {
  const owner = fn as Bound;
  if (owner[BOUND] === undefined) Object.defineProperty(fn, BOUND, { value: new Map() });
  const bound = owner[BOUND];
  for (const [name, value] of Object.entries(environment)) {
    const other = bound?.get(name);
    if (other !== undefined && other.value !== value) {
      throw validationError(construct, `fn ${JSON.stringify(fn.node.path)} is bound to ${JSON.stringify(other.path)}, which has another ${name}: `
        + 'bind it to one of them, or give the other to the client in code');
    }
    bound?.set(name, { path: construct.node.path, value });
    fn.addEnvironment(name, value);
  }
}
