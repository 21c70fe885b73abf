import { Duration, Size, Tokenization } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import * as perms from './perms';
import { checkLimits } from './task-cache-validation';
import { TASK_ENVIRONMENT, TASK_KEYS, TASK_RETENTION_ENVIRONMENT, TASK_TIME, taskPrefix, TASK_OBJECT_PREFIX } from '../contract/tasks';
import { HandlerOptions } from '../handler-options';
import { grantListing, grantOnBucketKey, grantOnObjects } from '../private/bucket-grants';
import { BundledFunction } from '../private/bundled-function';

/** How a retention is defined. */
export interface TaskRetentionProps extends HandlerOptions {
  /** Bucket of the cache. */
  readonly bucket: s3.IBucket;

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
   * When it runs. Two runs at once do no harm.
   *
   * @default - every day
   */
  readonly schedule?: events.Schedule;
}

/**
 * Drops a task cache's old results and deletes the objects that nothing refers to, in all scopes and namespaces of a bucket.
 *
 * `TaskCache` has one of its own. Define one for a cache that is imported, and that nobody cleans up.
 *
 * @stateless
 *
 * @example
 * declare const bucket: s3.Bucket;
 *
 * new TaskRetention(this, 'Retention', { bucket, retention: Duration.days(7), maxSize: Size.gibibytes(50) });
 */
export class TaskRetention extends Construct {
  /** The function that drops and deletes. */
  public readonly handler: lambda.Function;

  /** Its log group. */
  public readonly logGroup: logs.ILogGroup;

  /** The rule that starts it. */
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: TaskRetentionProps) {
    super(scope, id);
    checkLimits(this, props);
    const { bucket, retention = Duration.seconds(TASK_TIME.retention), maxSize, grace = Duration.seconds(TASK_TIME.grace) } = props;
    const fn = new BundledFunction(this, 'Handler', {
      bundle: 'task-retention',
      description: 'Drops old results of a task cache',
      environment: {
        [TASK_ENVIRONMENT.bucket]: bucket.bucketName,
        [TASK_ENVIRONMENT.region]: bucket.env.region,
        [TASK_RETENTION_ENVIRONMENT.maxAge]: Tokenization.stringifyNumber(retention.toSeconds()),
        ...(maxSize && { [TASK_RETENTION_ENVIRONMENT.maxBytes]: Tokenization.stringifyNumber(maxSize.toBytes()) }),
        [TASK_RETENTION_ENVIRONMENT.grace]: Tokenization.stringifyNumber(grace.toSeconds()),
      },
      options: props,
      defaultMemorySize: Size.mebibytes(1024),
      defaultTimeout: Duration.minutes(15),
    });
    this.handler = fn.function;
    this.logGroup = fn.logGroup;
    this.grant(bucket);
    this.rule = new events.Rule(this, 'Schedule', {
      description: 'Starts the retention of a task cache',
      schedule: props.schedule ?? events.Schedule.rate(Duration.days(1)),
      targets: [new targets.LambdaFunction(this.handler)],
    });
  }

  /** To write manifests and nothing else: what is reused stays what its makers have made it. */
  private grant(bucket: s3.IBucket): void {
    const everywhere = taskPrefix('*', '*');
    grantListing(bucket, this.handler);
    grantOnObjects(bucket, this.handler, perms.OBJECT_READ_ACTIONS, [`${TASK_OBJECT_PREFIX}*`]);
    grantOnObjects(bucket, this.handler, perms.OBJECT_WRITE_ACTIONS, [everywhere + TASK_KEYS.manifest]);
    grantOnObjects(bucket, this.handler, perms.OBJECT_DELETE_ACTIONS, [`${everywhere}${TASK_KEYS.objects}*`, `${everywhere}${TASK_KEYS.leases}*`]);
    grantOnBucketKey(bucket, this.handler, [...perms.KEY_READ_ACTIONS, ...perms.KEY_WRITE_ACTIONS]);
  }
}
