import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TaskCacheProps } from './task-cache-props';
import { show, validationError } from '../private/errors';
import { checkAlone, checkInteger, checkWholeDays } from '../private/validation';

const HOUR = 3600;
const YEAR = 365 * 24 * HOUR;

export function checkTaskCacheProps(scope: Construct, props: TaskCacheProps): void {
  checkAlone(scope, props, 'bucket', ['bucketName', 'encryptionKey', 'removalPolicy', 'autoDeleteObjects'], 'set them where the bucket is defined');
  checkAlone(scope, props, 'switches', ['enabled', 'tasks', 'otherTasks', 'preset'], 'set them where the parameter is defined');
  if (props.autoDeleteObjects && (props.removalPolicy ?? RemovalPolicy.RETAIN) !== RemovalPolicy.DESTROY) {
    const policy = show(props.removalPolicy ?? RemovalPolicy.RETAIN);
    throw validationError(scope, `autoDeleteObjects is true, but removalPolicy is ${policy}: use RemovalPolicy.DESTROY, or false`);
  }
}

/** How long, and how much, is kept. */
export interface Limits {
  readonly retention?: Duration;
  readonly maxSize?: Size;
  readonly grace?: Duration;
}

export function checkLimits(scope: Construct, { retention, maxSize, grace }: Limits): void {
  checkWholeDays(scope, 'retention', retention);
  if (maxSize !== undefined && !maxSize.isUnresolved()) checkInteger(scope, 'maxSize (in bytes)', maxSize.toBytes(), 1);
  if (grace === undefined || grace.isUnresolved()) return;
  checkInteger(scope, 'grace (in seconds)', grace.toSeconds({ integral: false }), HOUR, YEAR);
}
