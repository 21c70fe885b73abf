import { Duration } from 'aws-cdk-lib';

/** A handler that cannot even answer holds the deployment for this long, instead of CloudFormation's hour. */
export function serviceTimeout(timeout: Duration | undefined): Duration {
  const seconds = timeout === undefined || timeout.isUnresolved() ? 0 : timeout.toSeconds();
  return Duration.seconds(Math.max(300, seconds + 60));
}
