import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { bundledCommandLine, BundledFunction } from '../../../lib/private/bundled-function';
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

describe('the command line', () => {
  afterEach(() => jest.restoreAllMocks());

  test('is a folder with a program', () => {
    expect(fs.existsSync(path.join(bundledCommandLine(newStack()), 'index.js'))).toBe(true);
  });

  test('fails if it was not built, and says how to build it', () => {
    jest.spyOn(jest.requireActual<typeof fs>('node:fs'), 'existsSync').mockReturnValue(false);
    expect(messageOf(() => bundledCommandLine(newStack()))).toBe(
      'the command line is missing from build/cli/: run `npm run bundle`, or install the package again [Stack]');
  });
});

test('takes its code from the bundle and its limits from the construct', () => {
  expect(fs.existsSync(path.join(__dirname, '../../../assets/memo-flush/index.mjs'))).toBe(true);
  Template.fromStack(define('memo-flush').stack).hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler', MemorySize: 128, Timeout: 3, Description: 'does something', Environment: { Variables: { NAME: 'value' } },
  });
});

test('has a role of its own without policies of AWS', () => {
  const roles = Template.fromStack(define('memo-flush').stack).findResources('AWS::IAM::Role');
  expect(Object.values(roles)).toMatchObject([{ Properties: { AssumeRolePolicyDocument: {} } }]);
  expect(Object.values(roles)[0].Properties).not.toHaveProperty('ManagedPolicyArns');
});
