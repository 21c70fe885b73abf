import { Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { commandsFor } from './cache-project';
import { ITaskCache } from './itask-cache';
import { CacheProjectOptions, ProjectCommands } from './project-options';
import { ImportedTaskCache, TaskCacheBase } from './task-cache-base';
import { defineTaskBucket, prepareGivenBucket } from './task-cache-bucket';
import { TaskCacheAttributes, TaskCacheProps } from './task-cache-props';
import { checkTaskCacheProps } from './task-cache-validation';
import { TaskRetention } from './task-retention';
import { defineSwitches } from './task-switches';

/**
 * Where results of tasks are kept between runs, so that nothing is done twice: a bucket in which nothing can be replaced by who has not read it,
 * switches, and what drops old results. Who may write what others read is said by trust scopes.
 *
 * @stateful
 *
 * @example
 * declare const project: codebuild.Project;
 *
 * const cache = new TaskCache(this, 'Tasks');
 * cache.cacheProject(project, { paths: ['output'] });
 */
export class TaskCache extends TaskCacheBase {
  /**
   * A cache that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromTaskCacheAttributes(scope: Construct, id: string, attrs: TaskCacheAttributes): ITaskCache {
    return new ImportedTaskCache(scope, id, attrs);
  }

  /**
   * The name that AWS Service Catalog Puppet gives its bucket: `sc-puppet-caching-bucket-<account>-<region>`.
   *
   * @param scope a construct of the stack whose account and Region it has
   */
  public static puppetBucketName(scope: Construct): string {
    const { account, region } = Stack.of(scope);
    return `sc-puppet-caching-bucket-${account}-${region}`;
  }

  /**
   * The commands of a buildspec that pull and push, for one that is a file of its project's source.
   *
   * @param project the project, which says how the program comes to the build
   * @param options what is cached, as `cacheProject` is given it
   */
  public static projectCommands(project: codebuild.Project, options: CacheProjectOptions): ProjectCommands {
    return commandsFor(project, options);
  }

  public readonly bucket: s3.IBucket;
  public readonly switches?: ssm.IStringParameter;

  /** What drops old results and deletes what nothing refers to. */
  public readonly retention: TaskRetention;

  constructor(scope: Construct, id: string, props: TaskCacheProps = {}) {
    super(scope, id);
    checkTaskCacheProps(this, props);
    if (props.bucket !== undefined) prepareGivenBucket(this, props.bucket);
    this.bucket = props.bucket ?? defineTaskBucket(this, 'Bucket', props);
    this.switches = props.switches ?? defineSwitches(this, 'Switches', props);
    this.retention = new TaskRetention(this, 'Retention', { ...props, bucket: this.bucket, schedule: props.retentionSchedule });
  }
}
