import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';

/** How a construct's Lambda function runs. Every construct with a handler takes these. */
export interface HandlerOptions {
  /**
   * Instruction set of the function.
   *
   * @default lambda.Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Lambda runtime of the function. The bundled code runs on Node.js 22 and later.
   *
   * @default lambda.Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * Memory of the function.
   *
   * @default - what the construct's handler needs
   */
  readonly memorySize?: Size;

  /**
   * How long one invocation may take, from one second to 15 minutes.
   *
   * @default - what the construct's handler needs
   */
  readonly timeout?: Duration;

  /**
   * Concurrent executions that are reserved for the function, and its limit at the same time.
   *
   * @default - no reservation; the account's unreserved concurrency is used
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * AWS X-Ray tracing of the function.
   *
   * @default lambda.Tracing.DISABLED
   */
  readonly tracing?: lambda.Tracing;

  /**
   * Log group of the function.
   *
   * @default - a log group is defined, with `logRetention` and `logRemovalPolicy`
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the function's logs are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the function's logs when the log group leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;

  /**
   * Key that encrypts the function's environment variables. They hold names, never secrets.
   *
   * @default - a key that AWS Lambda owns
   */
  readonly environmentEncryption?: kms.IKey;

  /**
   * VPC that the function is connected to. It must give a way to the AWS services that the handler calls.
   *
   * @default - the function is not connected to a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the VPC that the function is connected to.
   *
   * @default - the VPC's private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the function in the VPC.
   *
   * @default - one is defined, without inbound rules
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Where asynchronous invocations go that failed after all retries.
   *
   * @default - they are dropped
   */
  readonly onFailure?: lambda.IDestination;

  /**
   * Queue for asynchronous invocations that failed after all retries. Unlike `onFailure` it gets the event alone, without the error.
   *
   * @default - no queue
   */
  readonly deadLetterQueue?: sqs.IQueue;
}
