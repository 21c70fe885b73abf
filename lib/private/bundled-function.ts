import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Duration, RemovalPolicy, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { show, validationError } from './errors';
import { checkAlone, checkInteger } from './validation';
import { HandlerOptions } from '../handler-options';

/** lib/private and build/private lie equally deep, so this is right for the sources and for the package. */
const BUNDLES = path.join(__dirname, '../../assets');
const COMMAND_LINE = path.join(__dirname, '../../build/cli');

export interface BundledFunctionProps {
  /** Name of the bundle: `lambda-src/<folder>/<name>.lambda.ts` is built to `assets/<name>/index.mjs`. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: { readonly [name: string]: string };
  /** What the user chose. */
  readonly options: HandlerOptions;
  readonly defaultMemorySize: Size;
  readonly defaultTimeout: Duration;
}

/** A Lambda function of one of our prebuilt handlers, with its log group and role. The only place that knows where bundles lie. */
export class BundledFunction extends Construct {
  readonly function: lambda.Function;
  readonly logGroup: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { options } = props;
    checkAlone(this, options, 'logGroup', ['logRetention', 'logRemovalPolicy'], 'set them on the log group itself');
    checkInteger(this, 'reservedConcurrentExecutions', options.reservedConcurrentExecutions, 0);
    checkMemorySize(this, options.memorySize);
    checkTimeout(this, options.timeout);
    checkNetwork(this, options);

    this.logGroup = options.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: options.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: options.logRemovalPolicy ?? RemovalPolicy.DESTROY,
    });
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: bundle(this, props.bundle),
      handler: 'index.handler',
      role: this.defineRole(options),
      // A fixed default: a floating "latest" would follow the user's CDK version under a bundle that was built for another one.
      runtime: options.runtime ?? lambda.Runtime.NODEJS_24_X,
      architecture: options.architecture ?? lambda.Architecture.ARM_64,
      memorySize: (options.memorySize ?? props.defaultMemorySize).toMebibytes(),
      timeout: options.timeout ?? props.defaultTimeout,
      reservedConcurrentExecutions: options.reservedConcurrentExecutions,
      environment: { ...props.environment },
      environmentEncryption: options.environmentEncryption,
      logGroup: this.logGroup,
      tracing: options.tracing,
      vpc: options.vpc,
      vpcSubnets: options.vpcSubnets,
      securityGroups: options.securityGroups,
      deadLetterQueue: options.deadLetterQueue,
      onFailure: options.onFailure,
    });
  }

  /** Lambda's own default role may write to every log group of the account; this one writes to the function's. */
  private defineRole(options: HandlerOptions): iam.Role {
    const role = new iam.Role(this, 'ServiceRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resourceArns: [this.logGroup.logGroupArn],
    });
    options.environmentEncryption?.grantDecrypt(role);
    if (options.vpc !== undefined) {
      // The network interface actions of EC2 cannot be narrowed to a resource; AWS keeps the list in this policy.
      role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'));
    }
    return role;
  }
}

/** The folder of the command line, whose program is `index.js`. */
export function bundledCommandLine(scope: Construct): string {
  if (!existsSync(path.join(COMMAND_LINE, 'index.js'))) {
    throw validationError(scope, 'the command line is missing from build/cli/: run `npm run bundle`, or install the package again');
  }
  return COMMAND_LINE;
}

function bundle(scope: Construct, name: string): lambda.Code {
  const folder = path.join(BUNDLES, name);
  if (!existsSync(path.join(folder, 'index.mjs'))) {
    throw validationError(scope, `the handler bundle ${show(name)} is missing from assets/: run \`npm run bundle\`, or install the package again`);
  }
  return lambda.Code.fromAsset(folder);
}

function checkMemorySize(scope: Construct, size: Size | undefined): void {
  if (size === undefined || size.isUnresolved()) return;
  const mebibytes = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  checkInteger(scope, 'memorySize (in MiB)', mebibytes, 128, 10240);
}

function checkTimeout(scope: Construct, timeout: Duration | undefined): void {
  if (timeout === undefined || timeout.isUnresolved()) return;
  checkInteger(scope, 'timeout (in seconds)', timeout.toSeconds({ integral: false }), 1, 900);
}

function checkNetwork(scope: Construct, options: HandlerOptions): void {
  if (options.vpc !== undefined) return;
  for (const name of ['vpcSubnets', 'securityGroups'] as const) {
    if (options[name] !== undefined) throw validationError(scope, `${name} is given without vpc: give the VPC that it belongs to`);
  }
}
