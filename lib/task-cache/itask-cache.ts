import { IResource } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { ITaskScope } from './itask-scope';
import { CacheProjectOptions } from './project-options';
import { TaskScopeOptions } from './task-cache-props';

/** A task cache: where results of tasks are kept between runs, apart by how much is trusted who made them. */
export interface ITaskCache extends IResource {
  /** Bucket of the results. */
  readonly bucket: s3.IBucket;

  /** Parameter with the switches, read once in each run. Without one everything is on. */
  readonly switches?: ssm.IStringParameter;

  /**
   * A trust scope: what is written there is read by those who trust who may write there.
   *
   * The same name gives the same scope.
   *
   * @param scopeName name of the scope, such as `main` or `pull-request`
   * @param options what it reads besides its own; to be given the first time
   */
  scope(scopeName: string, options?: TaskScopeOptions): ITaskScope;

  /**
   * Puts the cache around a CodeBuild project's commands: pull before them, push after them, also if they fail. The project's role is granted
   * what that needs.
   *
   * The project's buildspec must be one of `codebuild.BuildSpec.fromObject`, unless `ownCommands` is set.
   *
   * @param project the project
   * @param options what is cached, and how
   */
  cacheProject(project: codebuild.Project, options: CacheProjectOptions): void;
}
