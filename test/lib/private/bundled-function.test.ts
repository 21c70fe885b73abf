import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Duration, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BundledFunction } from '../../../lib/private/bundled-function';
import { messageOf, newStack } from '../stacks';

function define(bundle: string) {
  const stack = newStack();
  const fn = new BundledFunction(stack, 'Handler', {
    bundle, description: 'does something', environment: { NAME: 'value' }, options: {},
    defaultMemorySize: Size.mebibytes(128), defaultTimeout: Duration.seconds(3),
  });
  return { stack, fn };
}

test('fails on a bundle that was not built, and says how to build it', () => {
  expect(messageOf(() => define('no-such'))).toBe(
    'the handler bundle "no-such" is missing from assets/: run `npm run bundle`, or install the package again [Stack/Handler]');
});

test('takes its code from the bundle and its limits from the construct', () => {
  expect(existsSync(path.join(__dirname, '../../../assets/memo-flush/index.mjs'))).toBe(true);
  Template.fromStack(define('memo-flush').stack).hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler', MemorySize: 128, Timeout: 3, Description: 'does something', Environment: { Variables: { NAME: 'value' } },
  });
});

test('has a role of its own without policies of AWS', () => {
  const roles = Template.fromStack(define('memo-flush').stack).findResources('AWS::IAM::Role');
  expect(Object.values(roles)).toMatchObject([{ Properties: { AssumeRolePolicyDocument: {} } }]);
  expect(Object.values(roles)[0].Properties).not.toHaveProperty('ManagedPolicyArns');
});
