import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { ITaskCache } from './itask-cache';
import { ITaskScope } from './itask-scope';
import { TaskPreset } from './task-preset';
import { HandlerOptions } from '../handler-options';

/** What a trust scope reads, and how its clients are set up. */
export interface TaskScopeOptions {
  /**
   * Scopes that are read after this one, in this order. Whoever may write to them is trusted.
   *
   * @default - none
   */
  readonly reads?: ITaskScope[];

  /**
   * Keeps workflows apart that share the scope: letters, digits, hyphens and underscores, 63 at the most. Permissions are those of the scope.
   *
   * @default 'default'
   */
  readonly namespace?: string;

  /**
   * Whether clients publish metrics, through the logs of the functions that they run in.
   *
   * CloudWatch bills each as a custom metric, per month in which it appears.
   *
   * @default true
   */
  readonly clientMetrics?: boolean;
}

/** How a trust scope is defined. */
export interface TaskScopeProps extends TaskScopeOptions {
  /** The cache that it is part of. */
  readonly cache: ITaskCache;

  /** Name of the scope: letters, digits, hyphens and underscores, 63 at the most. Another one is another scope: nothing of the former is found. */
  readonly scopeName: string;
}

/** How a task cache is defined. What is said of a function is said of the one that drops old results. */
export interface TaskCacheProps extends HandlerOptions {
  /**
   * A bucket to use instead of a new one. It should have versions, and a lifecycle that ends former ones.
   *
   * @default - a bucket is defined
   */
  readonly bucket?: s3.IBucket;

  /**
   * Name of the new bucket. A name can be taken only once: it stands in the way of a replacement, and of a second deployment.
   * AWS Service Catalog Puppet called its own `sc-puppet-caching-bucket-<account>-<region>`, which `TaskCache.puppetBucketName` gives.
   *
   * @default - CloudFormation names it
   */
  readonly bucketName?: string;

  /**
   * Customer managed key that encrypts the new bucket, with a bucket key, so that few requests to KMS are made.
   *
   * @default - encrypted with keys of Amazon S3, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the new bucket when it leaves the stack.
   *
   * Results can be made again, so nothing is lost but time; of long runs that is much, and therefore it stays, is billed, and nothing in it
   * is dropped any more.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the new bucket is emptied before it is deleted; CloudFormation cannot delete it otherwise.
   * Defines the CDK's own helper function for this, once per stack.
   *
   * @default - true if `removalPolicy` is DESTROY, otherwise false
   */
  readonly autoDeleteObjects?: boolean;

  /**
   * A parameter with switches to use instead of a new one, of the form that the README describes.
   *
   * @default - a parameter is defined
   */
  readonly switches?: ssm.IStringParameter;

  /**
   * Whether results are reused and kept at all. It can be switched at run time as well: see the README for what then holds.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Tasks whose caching is on or off, by family: a name, or a pattern with `*`. A name goes before a pattern, a longer pattern before a shorter one.
   * All of them go before the preset, but for its triggers, which are never on.
   *
   * @default - what the preset says, if there is one
   */
  readonly tasks?: { [pattern: string]: boolean };

  /**
   * Whether tasks are cached that neither `tasks` nor `preset` says anything of.
   *
   * @default - true, or false with a preset
   */
  readonly otherTasks?: boolean;

  /**
   * Tasks that are cached, all but the triggers among them. Warns of those that have been withdrawn.
   *
   * @default - none
   */
  readonly preset?: TaskPreset;

  /**
   * How long a result is kept, in whole days.
   *
   * @default Duration.days(30)
   */
  readonly retention?: Duration;

  /**
   * How much is kept in each namespace of each scope. The oldest results go first.
   *
   * @default - no limit
   */
  readonly maxSize?: Size;

  /**
   * How long objects stay that nothing refers to. It must be longer than any run, which may have stored them and not yet said so.
   *
   * @default Duration.days(1)
   */
  readonly grace?: Duration;

  /**
   * When results are dropped and objects deleted.
   *
   * @default - every day
   */
  readonly retentionSchedule?: events.Schedule;
}

/** What is known of a task cache that is defined elsewhere. */
export interface TaskCacheAttributes {
  /** Bucket of the cache. */
  readonly bucket: s3.IBucket;

  /**
   * Parameter with the switches.
   *
   * @default - none: everything is on
   */
  readonly switches?: ssm.IStringParameter;
}
