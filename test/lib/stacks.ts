import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export const HERE = { account: '111111111111', region: 'eu-west-1' };

/** Keys that a table must have. */
export const KEYS = {
  partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING }, sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
};

export function newStack(props: StackProps = {}, id = 'Stack'): Stack {
  return new Stack(new App(), id, props);
}

/** A function of a user's. */
export function newFunction(scope: Construct, id = 'Fn'): lambda.Function {
  return new lambda.Function(scope, id, {
    code: lambda.Code.fromInline('exports.handler = () => {};'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X,
  });
}

/** The domain of a service in a Region of any partition, as `kms:ViaService` has it. */
export const via = (service: string) => ({ 'Fn::Join': ['', [`${service}.eu-west-1.`, { Ref: 'AWS::URLSuffix' }]] });

export interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly Effect: string;
}

/** All statements of all IAM policies, in the template's order. */
export function statements(scope: Stack | Template): Statement[] {
  const template = scope instanceof Stack ? Template.fromStack(scope) : scope;
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap((policy) => (policy.Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement);
}

/** Statements that name an action of a service: `dynamodb`, `s3`, `kms`. */
export function statementsFor(service: string, scope: Stack | Template): Statement[] {
  return statements(scope).filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)));
}

/** What `fails` tests look at: the message of what was thrown. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
