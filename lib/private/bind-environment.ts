import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';
import { show, validationError } from './errors';

type Environment = { readonly [name: string]: string };

export interface Binding {
  readonly fn: lambda.Function;
  /** What is set on it. */
  readonly environment: Environment;
  /** The tier, whose variables a function has once: `TaskScope`. */
  readonly tier: string;
  /** What it cannot have two of, as an error says it: `scope`, and why, as a full clause. */
  readonly what: string;
  readonly why: string;
}

/** Sets a construct's environment variables on a function; fails if it has others of the same tier. */
export function bindEnvironment(construct: IConstruct, { fn, environment, tier, what, why }: Binding): void {
  // On the function itself, so that nothing outlives the app and two copies of this package see each other's.
  const key = Symbol.for(`cdk-cache-tiers.${tier}.bound`);
  const bound = Reflect.get(fn, key) as { readonly path: string; readonly environment: Environment } | undefined;
  // One construct's may have a token that is another one each time it is asked for.
  if (bound !== undefined && bound.path !== construct.node.path && !same(bound.environment, environment)) {
    throw validationError(construct, `fn ${show(fn.node.path)} is bound to another ${what}, ${show(bound.path)}: ${why}`);
  }
  Object.defineProperty(fn, key, { value: { path: construct.node.path, environment }, configurable: true });
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}

function same(a: Environment, b: Environment): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
