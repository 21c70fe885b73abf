import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IMemoCache } from './imemo-cache';
import { MEMO_ENVIRONMENT } from '../contract/memo';
import { validationError } from '../private/errors';

/** On the function itself, so that nothing outlives the app and two copies of this package see each other's. */
const BOUND = Symbol.for('cdk-cache-tiers.MemoCache.bound');

interface Bound {
  [BOUND]?: { readonly path: string; readonly environment: { [name: string]: string } };
}

/** Sets the cache's environment variables on a function; fails if it has those of another cache. */
export function bindEnvironment(cache: IMemoCache, fn: lambda.Function): void {
  // The cache's own environment is that of its stack, and the function can be of another account.
  const environment = { ...cache.environment, [MEMO_ENVIRONMENT.table]: tableFrom(cache.table, fn.env.account) };
  const bound = (fn as Bound)[BOUND];
  if (bound !== undefined && !same(bound.environment, environment)) {
    throw validationError(cache, `fn ${JSON.stringify(fn.node.path)} is bound to another cache, ${JSON.stringify(bound.path)}: `
      + 'a function has one CACHE_TABLE, so bind it to one cache, or pass the other table to the client in code');
  }
  Object.defineProperty(fn, BOUND, { value: { path: cache.node.path, environment }, configurable: true });
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}

/**
 * How an account reaches a table: by its name if it is the account's own, otherwise by its ARN. An ARN is right everywhere, so
 * it is what an account gets that may be another; where neither account is known, both are the same token.
 */
export function tableFrom(table: dynamodb.ITable, account: string): string {
  return table.env.account === account ? table.tableName : table.tableArn;
}

function same(a: { [name: string]: string }, b: { [name: string]: string }): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
