import { Duration } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { show, validationError } from '../private/errors';

const DAY = 24 * 3600;

/** CloudWatch's periods, and ours: an alarm looks at no more than a day. */
export function checkPeriod(scope: IConstruct, name: string, value: Duration | undefined): void {
  checkMinutes(scope, name, value, DAY, 'one at least and a day at the most');
}

/** How far back something goes. */
export function checkInterval(scope: IConstruct, name: string, value: Duration | undefined): void {
  checkMinutes(scope, name, value, Infinity, 'one at least');
}

/** The CDK must know periods and intervals at synthesis. */
function checkMinutes(scope: IConstruct, name: string, value: Duration | undefined, most: number, bounds: string): void {
  if (value === undefined) return;
  if (value.isUnresolved()) throw validationError(scope, `${name} is known only at deployment: give it as a number`);
  const seconds = value.toSeconds({ integral: false });
  if (seconds >= 60 && seconds <= most && seconds % 60 === 0) return;
  throw validationError(scope, `${name} is ${show(value)}: use whole minutes, ${bounds}`);
}
