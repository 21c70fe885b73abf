import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ILiveCache } from './ilive-cache';
import { bindEnvironment } from '../private/bind-environment';

/** Sets the cache's environment variables on a function; fails if it has those of another cache. */
export function bindCache(cache: ILiveCache, fn: lambda.Function): void {
  bindEnvironment(cache, {
    fn, environment: cache.environment, tier: 'LiveCache', what: 'cache',
    why: 'a function has one LIVE_NAMESPACE, so bind it to one cache, or give the other to the client in code',
  });
}
