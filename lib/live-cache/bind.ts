import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ILiveCache } from './ilive-cache';
import { show, validationError } from '../private/errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.LiveCache.bound');

interface Bound {
  [BOUND]?: { readonly path: string; readonly environment: { [name: string]: string } };
}

/** Sets the cache's environment variables on a function; fails if it has those of another cache. */
export function bindEnvironment(cache: ILiveCache, fn: lambda.Function): void {
  const { environment } = cache;
  const bound = (fn as Bound)[BOUND];
  const other = bound !== undefined && bound.path !== cache.node.path;
  if (other && JSON.stringify(bound.environment) !== JSON.stringify(environment)) {
    throw validationError(cache, `fn ${show(fn.node.path)} is bound to another cache, ${show(bound.path)}: `
      + 'a function has one LIVE_NAMESPACE, so bind it to one cache, or give the other to the client in code');
  }
  Object.defineProperty(fn, BOUND, { value: { path: cache.node.path, environment }, configurable: true });
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}
