import { Duration, Size } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LiveDataEndpoint } from './live-cache-props';
import { checkNamespace, checkStorage } from './live-cache-validation';
import { grantDeletingObjects, storageEnvironment } from './live-storage';
import { LIVE_HANDLER_ENVIRONMENT, LIVE_TIME } from '../contract/live';
import { HandlerOptions } from '../handler-options';
import { BundledFunction } from '../private/bundled-function';
import { validationError } from '../private/errors';

/** How a sweeper is defined. */
export interface LiveSweeperProps extends HandlerOptions {
  /** Namespace of the cache. */
  readonly namespace: string;

  /**
   * Bucket of the cache.
   *
   * @default - none; give a bucket or a data endpoint
   */
  readonly bucket?: s3.IBucket;

  /**
   * Bucket of the cache, in an S3-compatible service.
   *
   * @default - none; give a bucket or a data endpoint
   */
  readonly dataEndpoint?: LiveDataEndpoint;

  /**
   * When it sweeps. Two runs at once do no harm.
   *
   * @default - every 5 minutes
   */
  readonly schedule?: events.Schedule;
}

/**
 * Deletes a live cache's objects once their time is over, by their names alone: it needs neither the index nor a key, and can read nothing.
 *
 * `LiveCache` has one of its own. Define one for a cache that is imported, and whose bucket nobody sweeps.
 *
 * @stateless
 *
 * @example
 * declare const bucket: s3.Bucket;
 *
 * new LiveSweeper(this, 'Sweeper', { bucket, namespace: 'dashboards' });
 */
export class LiveSweeper extends Construct {
  /** The function that sweeps. */
  public readonly handler: lambda.Function;

  /** Its log group. */
  public readonly logGroup: logs.ILogGroup;

  /** The rule that starts it. */
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: LiveSweeperProps) {
    super(scope, id);
    checkStorage(this, props);
    checkNamespace(this, props.namespace);
    if (props.bucket === undefined && props.dataEndpoint === undefined) {
      throw validationError(this, 'bucket and dataEndpoint are missing: give one of them');
    }
    const sweeper = new BundledFunction(this, 'Handler', {
      bundle: 'live-sweeper',
      description: 'Deletes objects of a live cache whose time is over',
      environment: { ...storageEnvironment(props), [LIVE_HANDLER_ENVIRONMENT.grace]: String(LIVE_TIME.grace) },
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: Duration.minutes(5),
    });
    this.handler = sweeper.function;
    this.logGroup = sweeper.logGroup;
    grantDeletingObjects(props, this.handler);
    this.rule = new events.Rule(this, 'Schedule', {
      description: 'Starts the sweeper of a live cache',
      schedule: props.schedule ?? events.Schedule.rate(Duration.minutes(5)),
      targets: [new targets.LambdaFunction(this.handler)],
    });
  }
}
