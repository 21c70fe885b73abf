import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { parameterArns } from './namespaces';
import { grantOnArns } from './parameter-grants';
import * as perms from './perms';

/** How long a deleted parameter's row is kept where nothing is said. */
export const DEFAULT_TOMBSTONE_RETENTION = Duration.days(30);

/** Whole days that a deleted parameter's row is kept, as handlers read it. */
export function tombstoneDays(stack: Stack, retention: Duration = DEFAULT_TOMBSTONE_RETENTION): string {
  return stack.toJsonString(retention.toDays());
}

/** Permits a handler to read all versions of the parameters that it follows, without decryption. */
export function grantReadingHistory(handler: lambda.Function, namespaces: string[]): iam.Grant {
  return grantOnArns(handler, perms.PARAMETER_HISTORY_ACTIONS, parameterArns(handler, namespaces));
}
