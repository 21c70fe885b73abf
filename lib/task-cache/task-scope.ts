import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bindScope } from './bind';
import { defineGitHubRole } from './github-role';
import { GitHubRoleOptions } from './github-role-options';
import { ITaskCache } from './itask-cache';
import { ITaskScope } from './itask-scope';
import { TaskScopeProps } from './task-cache-props';
import { TaskScopeGrants } from './task-scope-grants';
import { TaskScopeMetrics } from './task-scope-metrics';
import { TASK_DEFAULT_NAMESPACE, TASK_ENVIRONMENT, TASK_METRICS_EMF, TASK_NAME } from '../contract/tasks';
import { show, validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

/**
 * A trust scope of a task cache, by `cache.scope('main')`. It is a prefix in the bucket, and defines nothing, so it is no other for a cache that
 * is defined elsewhere.
 *
 * @stateless
 *
 * @example
 * declare const cache: ITaskCache;
 *
 * const main = cache.scope('main');
 * const pullRequests = cache.scope('pull-request', { reads: [main] });
 */
export class TaskScope extends TaskScopeMetrics implements ITaskScope {
  public readonly cache: ITaskCache;
  /** Name of the scope: a part of object keys. */
  public readonly scopeName: string;
  /** Keeps workflows apart that share a scope: a part of object keys. */
  public readonly namespace: string;
  public readonly reads: ITaskScope[];
  private readonly clientMetrics: boolean;

  constructor(scope: Construct, id: string, props: TaskScopeProps) {
    super(scope, id);
    this.cache = props.cache;
    this.scopeName = props.scopeName;
    this.namespace = props.namespace ?? TASK_DEFAULT_NAMESPACE;
    this.reads = props.reads ?? [];
    this.clientMetrics = props.clientMetrics ?? true;
    checkName(this, 'scopeName', this.scopeName);
    checkName(this, 'namespace', this.namespace);
    this.checkReads();
  }

  public get grants(): TaskScopeGrants {
    return new TaskScopeGrants(this);
  }

  public get environment(): { [name: string]: string } {
    const { bucket, switches } = this.cache;
    return {
      [TASK_ENVIRONMENT.bucket]: bucket.bucketName,
      [TASK_ENVIRONMENT.region]: bucket.env.region,
      [TASK_ENVIRONMENT.scope]: this.scopeName,
      ...(this.reads.length > 0 && { [TASK_ENVIRONMENT.readScopes]: this.reads.map(({ scopeName }) => scopeName).join(',') }),
      [TASK_ENVIRONMENT.namespace]: this.namespace,
      ...(switches && { [TASK_ENVIRONMENT.switches]: switches.parameterName }),
      ...(this.clientMetrics && { [TASK_ENVIRONMENT.metrics]: TASK_METRICS_EMF }),
    };
  }

  public bind(fn: lambda.Function): iam.Grant {
    bindScope(this, fn);
    return this.grantPush(fn);
  }

  public grantPull(grantee: iam.IGrantable): iam.Grant {
    return this.grants.pull(grantee);
  }

  public grantPush(grantee: iam.IGrantable): iam.Grant {
    return this.grants.push(grantee);
  }

  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    return this.grants.operate(grantee);
  }

  public gitHubRole(id: string, options: GitHubRoleOptions): iam.Role {
    return defineGitHubRole(this, id, options);
  }

  private checkReads(): void {
    const names = this.reads.map(({ scopeName }) => scopeName);
    this.reads.forEach(({ cache, scopeName }, index) => {
      const what = `reads[${index}] is the scope ${show(scopeName)}`;
      if (cache !== this.cache) throw validationError(this, `${what} of another cache, ${show(cache.node.path)}: use scopes of one cache`);
      if (Token.isUnresolved(scopeName)) return;
      if (scopeName === this.scopeName) throw validationError(this, `${what}, which is this one and read first: leave it out`);
      if (names.indexOf(scopeName) !== index) throw validationError(this, `${what} for the second time: name it once`);
    });
  }
}

function checkName(scope: Construct, name: string, value: string): void {
  checkPattern(scope, name, value, TASK_NAME, '1 to 63 letters, digits, hyphens and underscores, the first a letter or digit');
}
