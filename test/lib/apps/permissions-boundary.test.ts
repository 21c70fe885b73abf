import { App, PermissionsBoundary, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { defaults, everything } from './constructs';
import { resourcesOf } from './templates';

const POLICY = 'arn:aws:iam::111111111111:policy/boundary';

/** Roles of a whole stack, those of the CDK's helpers too, that nothing bounds. */
function unbounded(stack: Stack): string[] {
  const roles = Object.entries(resourcesOf(stack)).filter(([, { Type }]) => Type === 'AWS::IAM::Role' || Type === 'AWS::IAM::User');
  expect(roles.length).toBeGreaterThan(10);
  return roles.filter(([, { Properties }]) => !JSON.stringify(Properties?.PermissionsBoundary ?? '').includes('policy/boundary')).map(([id]) => id);
}

describe.each([['defaults', defaults], ['everything', everything]])('%s', (_, define) => {
  test('iam.PermissionsBoundary.of(app) reaches every role', () => {
    const app = new App();
    const stack = define(app);
    const own = new Stack(app, 'Boundary');
    iam.PermissionsBoundary.of(app).apply(iam.ManagedPolicy.fromManagedPolicyArn(own, 'Policy', POLICY));
    expect(unbounded(stack)).toEqual([]);
  });

  test('the context @aws-cdk/core:permissionsBoundary reaches every role', () => {
    const app = new App({ context: { '@aws-cdk/core:permissionsBoundary': { name: 'boundary' } } });
    expect(unbounded(define(app))).toEqual([]);
  });

  test('that of a stage reaches every role', () => {
    const stage = new Stage(new App(), 'Stage', { permissionsBoundary: PermissionsBoundary.fromArn(POLICY) });
    expect(unbounded(define(stage))).toEqual([]);
  });
});
