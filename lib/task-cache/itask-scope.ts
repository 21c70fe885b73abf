import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';
import { GitHubRoleOptions } from './github-role-options';
import { ITaskCache } from './itask-cache';
import { ITaskScopeMetrics } from './itask-scope-metrics';
import { TaskScopeGrants } from './task-scope-grants';

/** A trust scope of a task cache. Whoever may write to it is trusted by whoever reads it. */
export interface ITaskScope extends IConstruct, ITaskScopeMetrics {
  /** The cache that it is part of. */
  readonly cache: ITaskCache;

  /** Name of the scope: a part of object keys. */
  readonly scopeName: string;

  /** Keeps workflows apart that share the scope. */
  readonly namespace: string;

  /** Scopes that are read after this one, in this order. */
  readonly reads: ITaskScope[];

  /** Permissions on the scope. */
  readonly grants: TaskScopeGrants;

  /**
   * Environment variables by which the client finds the scope, for what `bind` and `cacheProject` cannot reach: a container, a function of
   * another provider. Grant its role `grantPull` or `grantPush` as well.
   */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the scope: sets its environment variables, and grants it pull and push, in one call.
   *
   * @param fn the function whose code runs tasks
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * Permits to read: the scope's own results, and those of the scopes that it reads.
   *
   * @param grantee who is permitted
   */
  grantPull(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to read, and to write to this scope. Nothing can be deleted, and nothing be replaced without having been read.
   *
   * @param grantee who is permitted
   */
  grantPush(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits what `cache-tiers tasks` does: all of the above, to clear the scope, to delete what nothing refers to, and to switch tasks on and
   * off, which goes for all scopes of the cache.
   *
   * @param grantee who is permitted
   */
  grantOperate(grantee: iam.IGrantable): iam.Grant;

  /**
   * A role that workflows of a GitHub repository can assume, by GitHub's own identities (OpenID Connect): no secret is stored there.
   *
   * @param id the construct's id, below the scope
   * @param options which workflows
   */
  gitHubRole(id: string, options: GitHubRoleOptions): iam.Role;
}
