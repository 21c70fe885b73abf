import { Resource, Token } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { cacheProject } from './cache-project';
import { ITaskCache } from './itask-cache';
import { ITaskScope } from './itask-scope';
import { CacheProjectOptions } from './project-options';
import { TaskCacheAttributes, TaskScopeOptions } from './task-cache-props';
import { TaskScope } from './task-scope';
import { TASK_DEFAULT_SCOPE } from '../contract/tasks';
import { show, validationError } from '../private/errors';

/**
 * What defined and imported caches have in common.
 *
 * @internal
 */
export abstract class TaskCacheBase extends Resource implements ITaskCache {
  public abstract readonly bucket: s3.IBucket;
  public abstract readonly switches?: ssm.IStringParameter;

  public scope(scopeName: string, options?: TaskScopeOptions): ITaskScope {
    if (Token.isUnresolved(scopeName)) {
      throw validationError(this, `scopeName is ${show(scopeName)}, known only at deployment: define a TaskScope with an id of its own`);
    }
    const id = `Scope-${scopeName}`;
    const known = this.node.tryFindChild(id) as TaskScope | undefined;
    if (known === undefined) return new TaskScope(this, id, { ...options, cache: this, scopeName });
    if (options === undefined) return known;
    throw validationError(this, `the scope ${show(scopeName)} is there already: give its options where it is first asked for`);
  }

  public cacheProject(project: codebuild.Project, options: CacheProjectOptions): void {
    cacheProject(this, options.scope ?? this.scope(TASK_DEFAULT_SCOPE), project, options);
  }
}

/** A cache that is defined elsewhere. */
export class ImportedTaskCache extends TaskCacheBase {
  public readonly bucket: s3.IBucket;
  public readonly switches?: ssm.IStringParameter;

  constructor(scope: Construct, id: string, attrs: TaskCacheAttributes) {
    super(scope, id);
    this.bucket = attrs.bucket;
    this.switches = attrs.switches;
  }
}
