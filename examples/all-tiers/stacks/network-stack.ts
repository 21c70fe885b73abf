import { Stack, type StackProps } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, Vpc, type IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** The network that the service and the live tier's index are in. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);

    // To Parameter Store, Secrets Manager and the index's image there is one NAT gateway; what has many bytes goes past it, free of charge.
    // Nothing is in the default security group. It stays as it is: to empty it, the CDK would define a function.
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 }, DynamoDB: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
    });
  }
}
