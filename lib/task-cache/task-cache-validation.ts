import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TaskCacheProps } from './task-cache-props';
import { checkAlone, checkAutoDelete, checkInteger, checkSeconds, checkWholeDays } from '../private/validation';

const HOUR = 3600;
const YEAR = 365 * 24 * HOUR;

export function checkTaskCacheProps(scope: Construct, props: TaskCacheProps): void {
  checkAlone(scope, props, 'bucket', ['bucketName', 'encryptionKey', 'removalPolicy', 'autoDeleteObjects'], 'set them where the bucket is defined');
  checkAlone(scope, props, 'switches', ['enabled', 'tasks', 'otherTasks', 'preset'], 'set them where the parameter is defined');
  checkAutoDelete(scope, props, RemovalPolicy.RETAIN);
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
  checkSeconds(scope, 'grace', grace, HOUR, YEAR);
}
