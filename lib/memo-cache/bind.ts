import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IMemoCache } from './imemo-cache';
import { MEMO_ENVIRONMENT } from '../contract/memo';
import { bindEnvironment } from '../private/bind-environment';

/** Sets the cache's environment variables on a function; fails if it has those of another cache. */
export function bindCache(cache: IMemoCache, fn: lambda.Function): void {
  bindEnvironment(cache, {
    fn,
    // The cache's own environment is that of its stack, and the function can be of another account.
    environment: { ...cache.environment, [MEMO_ENVIRONMENT.table]: tableFrom(cache.table, fn.env.account) },
    tier: 'MemoCache', what: 'cache',
    why: 'a function has one CACHE_TABLE, so bind it to one cache, or pass the other table to the client in code',
  });
}

/**
 * How an account reaches a table: by its name if it is the account's own, otherwise by its ARN. An ARN is right everywhere, so
 * it is what an account gets that may be another; where neither account is known, both are the same token.
 */
export function tableFrom(table: dynamodb.ITable, account: string): string {
  return table.env.account === account ? table.tableName : table.tableArn;
}
