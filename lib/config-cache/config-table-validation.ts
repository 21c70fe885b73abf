import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

export function checkTableName(scope: Construct, name: string, value: string | undefined): void {
  checkPattern(scope, name, value, /^[\w.-]{3,255}$/, '3 to 255 letters, digits, underscores, hyphens and full stops');
}

/** ARN of an imported construct's table, of which the name or the ARN is given. @param property what both properties begin with */
export function importedTableArn(scope: Construct, property: string, name: string | undefined, arn: string | undefined): string {
  if ((name === undefined) === (arn === undefined)) {
    const given = name === undefined ? 'are missing' : 'are both given';
    throw validationError(scope, `${property}Name and ${property}Arn ${given}: give one of them`);
  }
  checkTableName(scope, `${property}Name`, name);
  checkPattern(scope, `${property}Arn`, arn, /^arn:[\w-]+:dynamodb:[^:]+:[^:]+:table\/[^/]+$/, 'the ARN of a table');
  return arn ?? Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName: name });
}
