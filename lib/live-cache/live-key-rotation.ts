import { Duration, Size, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import * as perms from './perms';
import { grantOnSecretKey, grantReadingSecret } from './secret-grants';
import { LIVE_ENVIRONMENT, LIVE_HANDLER_ENVIRONMENT, LIVE_PRUNE_EVENT, LIVE_TIME } from '../contract/live';
import { HandlerOptions } from '../handler-options';
import { BundledFunction } from '../private/bundled-function';
import { show, validationError } from '../private/errors';
import { checkSeconds } from '../private/validation';

const LEAST_HOURS = 4;
const MOST_DAYS = 999;

/** How a rotation is defined. */
export interface LiveKeyRotationProps extends HandlerOptions {
  /** Secret with the master keys. */
  readonly masterKey: secretsmanager.ISecret;

  /**
   * How often there is a new key to write with, in whole hours from 4 hours to 999 days.
   *
   * @default Duration.days(30)
   */
  readonly interval?: Duration;

  /**
   * The longest that a result may live, its time to live and what it may be served stale together. Former keys are kept for that
   * long and 15 minutes more, half an hour at the least. A result that lives longer is executed again.
   *
   * @default Duration.hours(23)
   */
  readonly maxLife?: Duration;
}

/**
 * Gives a live cache a new master key from time to time, and removes former ones once nothing is left that they could open.
 *
 * `LiveCache` has one of its own, unless it is given a secret.
 *
 * @stateless
 *
 * @example
 * declare const masterKey: secretsmanager.Secret;
 *
 * new LiveKeyRotation(this, 'Rotation', { masterKey, interval: Duration.days(7) });
 */
export class LiveKeyRotation extends Construct {
  /** The function that rotates and removes. */
  public readonly handler: lambda.Function;

  /** Its log group. */
  public readonly logGroup: logs.ILogGroup;

  /** The rule that has former keys removed, every hour. */
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: LiveKeyRotationProps) {
    super(scope, id);
    checkInterval(this, props.interval);
    checkSeconds(this, 'maxLife', props.maxLife, 1, LIVE_TIME.maxLife);
    const { masterKey } = props;
    const arn = fullArn(this, masterKey);
    const rotator = new BundledFunction(this, 'Handler', {
      bundle: 'live-key-rotator',
      description: 'Rotates the master key of a live cache',
      environment: {
        [LIVE_ENVIRONMENT.keySecret]: arn,
        [LIVE_HANDLER_ENVIRONMENT.keyRetention]: String(keyRetention(props.maxLife)),
      },
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: Duration.minutes(1),
    });
    this.handler = rotator.function;
    this.logGroup = rotator.logGroup;
    const grant = this.grantRotating(masterKey, arn);
    this.defineSchedule(arn, props.interval ?? Duration.days(30), grant);
    this.rule = new events.Rule(this, 'Pruning', {
      description: 'Has former master keys of a live cache removed',
      schedule: events.Schedule.rate(Duration.hours(1)),
      targets: [new targets.LambdaFunction(this.handler, { event: events.RuleTargetInput.fromObject({ ...LIVE_PRUNE_EVENT }) })],
    });
  }

  private grantRotating(secret: secretsmanager.ISecret, arn: string): iam.Grant {
    return grantReadingSecret(secret, this.handler).combine(iam.Grant.addToPrincipal({
      grantee: this.handler, actions: perms.KEY_ROTATION_ACTIONS, resourceArns: [arn],
    })).combine(grantOnSecretKey(secret, this.handler, perms.SECRET_KEY_WRITE_ACTIONS));
  }

  /** Not the secret's own `addRotationSchedule`: that permits the function more, on all secrets of the account among others. */
  private defineSchedule(arn: string, interval: Duration, grant: iam.Grant): void {
    this.handler.addPermission('SecretsManager', {
      principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
      // Of the two conditions the one that AWS documents for rotation. Of other secrets of the account the function wants nothing to do.
      sourceAccount: Stack.of(this).account,
    });
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: arn,
      rotationLambdaArn: this.handler.functionArn,
      rotationRules: { scheduleExpression: events.Schedule.rate(interval).expressionString },
      rotateImmediatelyOnUpdate: false, // a deployment is no reason for another key
    });
    schedule.node.addDependency(this.handler.permissionsNode.findChild('SecretsManager'));
    grant.applyBefore(schedule); // Secrets Manager tries the function at once
  }
}

/** Secrets Manager's own limits. It would tell of them only at deployment. */
function checkInterval(scope: Construct, interval: Duration | undefined): void {
  if (interval === undefined || interval.isUnresolved()) return;
  const hours = interval.toHours({ integral: false });
  if (Number.isInteger(hours) && hours >= LEAST_HOURS && hours <= MOST_DAYS * 24) return;
  throw validationError(scope, `interval is ${show(interval)}: use whole hours, from ${LEAST_HOURS} hours to ${MOST_DAYS} days`);
}

/** Secrets Manager tells the function which secret to rotate by its whole ARN, and the function takes no other. */
function fullArn(scope: Construct, secret: secretsmanager.ISecret): string {
  if (secret.secretFullArn !== undefined) return secret.secretFullArn;
  throw validationError(scope, `masterKey ${show(secret.node.path)} is known by a part of its ARN only: `
    + 'import it by its complete ARN, or set rotation to false');
}

/** Seconds that a former key is kept: a client may write with it for some time yet, and read what it has written for its whole life. */
function keyRetention(maxLife: Duration | undefined): number {
  // What is known only at deployment cannot be added to, so it is taken for the most that it can be.
  const life = maxLife === undefined || maxLife.isUnresolved() ? LIVE_TIME.maxLife : maxLife.toSeconds();
  return Math.max(life, LIVE_TIME.executionTimeout) + LIVE_TIME.grace + LIVE_TIME.keyRefresh;
}
