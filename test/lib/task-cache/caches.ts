import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { TaskCache, TaskCacheProps } from '../../../lib';
import { newStack, Statement } from '../stacks';

export function newCache(props: TaskCacheProps = {}, stack: Stack = newStack(), id = 'Cache'): TaskCache {
  return new TaskCache(stack, id, props);
}

export function templateOf(props: TaskCacheProps = {}, stack: Stack = newStack()): Template {
  newCache(props, stack);
  return Template.fromStack(stack);
}

export const bucketOf = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Own', 'shared');
export const switchesOf = (stack: Stack) => ssm.StringParameter.fromStringParameterName(stack, 'OwnSwitches', '/own/switches');

/** The role of a user's container. */
export function newRole(scope: Construct, id = 'Role'): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
}

interface PolicyResource {
  readonly Properties: { readonly Roles?: unknown[]; readonly PolicyDocument: { readonly Statement: (Statement & { readonly Sid?: string })[] } };
}

const policies = (scope: Stack | Template, type: string) =>
  Object.values((scope instanceof Stack ? Template.fromStack(scope) : scope).findResources(type) as Record<string, PolicyResource>);

/** What the bucket's own policy says. */
export const bucketStatements = (scope: Stack | Template) =>
  policies(scope, 'AWS::S3::BucketPolicy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

/** Only what roles of the user's may, and not the cache's own function. */
export const granted = (scope: Stack | Template): Statement[] => policies(scope, 'AWS::IAM::Policy')
  .filter(({ Properties }) => !JSON.stringify(Properties.Roles).includes('RetentionHandler'))
  .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
