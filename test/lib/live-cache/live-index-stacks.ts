import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DragonflyIndex, DragonflyIndexProps, LiveIndex } from '../../../lib';
import { newStack } from '../stacks';

/** A VPC of a user's, without the many resources of a new one. */
export function newVpc(scope: Construct, vpcId = 'vpc-1', id = 'Vpc'): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, id, {
    vpcId, availabilityZones: ['a', 'b'],
    privateSubnetIds: ['private-1', 'private-2'], privateSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    publicSubnetIds: ['public-1', 'public-2'], publicSubnetRouteTableIds: ['rtb-3', 'rtb-3'],
  });
}

/** A function of a user's in a VPC. */
export function newFunctionIn(scope: Construct, vpc: ec2.IVpc, id = 'Fn', securityGroups?: ec2.ISecurityGroup[]): lambda.Function {
  return new lambda.Function(scope, id, {
    code: lambda.Code.fromInline('exports.handler = () => {};'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, vpc, securityGroups,
  });
}

/** A Dragonfly index in a VPC, and its template as it is now. */
export function dragonfly(
  props: Partial<DragonflyIndexProps> = {}, stack: Stack = newStack(),
): { stack: Stack; index: DragonflyIndex; readonly template: Template } {
  const index = LiveIndex.dragonfly(stack, 'Index', { vpc: newVpc(stack), ...props });
  return {
    stack,
    index,
    get template() {
      return Template.fromStack(stack);
    },
  };
}
