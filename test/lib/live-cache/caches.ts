import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ILiveIndex, LiveCache, LiveCacheProps } from '../../../lib';
import { newStack } from '../stacks';

export const INDEX_ARN = 'arn:aws:elasticache:eu-west-1:111111111111:replicationgroup:index';
export const INDEX_ENVIRONMENT = { LIVE_INDEX_URL: 'redis://index.example:6379' };

/** An index of a user's own: what a cache asks of it, and nothing else. */
export class OwnIndex extends Construct implements ILiveIndex {
  readonly indexUrl = INDEX_ENVIRONMENT.LIVE_INDEX_URL;
  readonly environment: { [name: string]: string } = INDEX_ENVIRONMENT;
  readonly connections = new ec2.Connections();
  readonly connected: iam.IGrantable[] = [];

  allowConnectionsFrom(): void {
    throw new Error('no cache asks for this');
  }

  grantConnect(grantee: iam.IGrantable): iam.Grant {
    this.connected.push(grantee);
    return iam.Grant.addToPrincipal({ grantee, actions: ['elasticache:Connect'], resourceArns: [INDEX_ARN] });
  }
}

export function newIndex(scope: Construct): OwnIndex {
  return scope.node.tryFindChild('Index') as OwnIndex | undefined ?? new OwnIndex(scope, 'Index');
}

export function newCache(props: Partial<LiveCacheProps> = {}, stack: Stack = newStack(), id = 'Cache'): LiveCache {
  return new LiveCache(stack, id, { index: newIndex(stack), ...props });
}

export function templateOf(props: Partial<LiveCacheProps> = {}, stack: Stack = newStack()): Template {
  newCache(props, stack);
  return Template.fromStack(stack);
}

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:keys-AbCdEf';
export const CREDENTIALS_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:scw-AbCdEf';

export function secret(scope: Construct, arn = SECRET_ARN): secretsmanager.ISecret {
  const id = arn.slice(-11);
  return scope.node.tryFindChild(id) as secretsmanager.ISecret | undefined ?? secretsmanager.Secret.fromSecretCompleteArn(scope, id, arn);
}

/** A bucket of a service in France. */
export function dataEndpoint(scope: Construct) {
  return { url: 'https://s3.fr-par.scw.cloud', region: 'fr-par', bucketName: 'results', credentials: secret(scope, CREDENTIALS_ARN) };
}

/** The role of a user's container. */
export function newRole(scope: Construct, id = 'Role'): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
}
