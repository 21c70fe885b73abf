import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IMemoCache } from './imemo-cache';
import { validationError } from '../private/errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.MemoCache.bound');

interface Bound {
  [BOUND]?: { readonly path: string; readonly environment: { [name: string]: string } };
}

/** Sets the cache's environment variables on a function; fails if it has those of another cache. */
export function bindEnvironment(cache: IMemoCache, fn: lambda.Function): void {
  const { environment } = cache;
  const bound = (fn as Bound)[BOUND];
  if (bound !== undefined && !same(bound.environment, environment)) {
    throw validationError(cache, `fn ${JSON.stringify(fn.node.path)} is bound to another cache, ${JSON.stringify(bound.path)}: `
      + 'a function has one CACHE_TABLE, so bind it to one cache, or pass the other table to the client in code');
  }
  Object.defineProperty(fn, BOUND, { value: { path: cache.node.path, environment }, configurable: true });
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}

function same(a: { [name: string]: string }, b: { [name: string]: string }): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
