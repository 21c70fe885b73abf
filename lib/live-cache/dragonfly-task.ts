import { Duration, Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DRAGONFLY_ADMIN_PORT, DRAGONFLY_PORT, dragonflyCommand } from './dragonfly-flags';
import { AGENT_MEMORY, addMetricsAgent } from './dragonfly-metrics';
import { DragonflyIndexProps, DragonflyLaunchType } from './dragonfly-props';
import { checkedMaxMemory, checkFargateSize } from './dragonfly-validation';

const REPOSITORY = 'ghcr.io/dragonflydb/dragonfly';
const DEFAULT_TAG = 'v2.0.0';
const DEFAULT_DIGEST = 'sha256:7426fdb31ddcf7bd9499b4205f36ebaa83b26149ba1609a0d5f8f474b3631233';

/** Of the image's own user, so that it needs no right to change users. */
const USER = '999:999';

/** The server's name for the password's flag. Any other variable that begins with `DFLY_` ends it at once. */
const PASSWORD_VARIABLE = 'DFLY_requirepass';

export interface DragonflyTaskProps {
  readonly props: DragonflyIndexProps;
  readonly secret: secretsmanager.ISecret;
  readonly logGroup: logs.ILogGroup;
  /** The index among others, in the metrics. */
  readonly metricsName: string;
}

/** Defines the task definition with the server's container, and the agent's if there are metrics. */
export function defineDragonflyTask(scope: Construct, { props, secret, logGroup, metricsName }: DragonflyTaskProps): ecs.TaskDefinition {
  const { cpu = 1024, memory = Size.gibibytes(2), proactorThreads = 1 } = props;
  const fargate = props.launchType !== DragonflyLaunchType.EC2;
  if (fargate) checkFargateSize(scope, cpu, memory);
  const reserved = props.metrics === true ? AGENT_MEMORY : Size.mebibytes(0);
  const maxMemory = checkedMaxMemory(scope, { memory, proactorThreads, maxMemory: props.maxMemory, reserved });

  const task = fargate
    ? new ecs.FargateTaskDefinition(scope, 'Task', {
        cpu,
        memoryLimitMiB: memory.toMebibytes(),
        runtimePlatform: {
          cpuArchitecture: props.cpuArchitecture ?? ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
        },
      })
    : new ecs.Ec2TaskDefinition(scope, 'Task', { networkMode: ecs.NetworkMode.AWS_VPC });
  const linuxParameters = new ecs.LinuxParameters(scope, 'LinuxParameters');
  linuxParameters.dropCapabilities(ecs.Capability.ALL);
  task.addContainer('Dragonfly', {
    containerName: 'dragonfly',
    image: props.image ?? ecs.ContainerImage.fromRegistry(imageName(props)),
    // Fargate's seccomp filter forbids io_uring. Elsewhere the server tries it, and uses epoll if it cannot.
    command: dragonflyCommand({ proactorThreads, maxMemory, forceEpoll: fargate, further: props.flags ?? {} }),
    secrets: { [PASSWORD_VARIABLE]: ecs.Secret.fromSecretsManager(secret, 'password') },
    portMappings: [{ containerPort: DRAGONFLY_PORT }, { containerPort: DRAGONFLY_ADMIN_PORT }],
    // The image's own check is not looked at by ECS, and is content with any answer.
    healthCheck: {
      command: ['CMD-SHELL', `redis-cli -p ${DRAGONFLY_ADMIN_PORT} ping | grep -q PONG`],
      interval: Duration.seconds(10), timeout: Duration.seconds(5), retries: 3, startPeriod: Duration.seconds(30),
    },
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: logDriver(logGroup, 'dragonfly'),
    // Instances give memory to containers, Fargate to tasks.
    ...(!fargate && { cpu, memoryLimitMiB: serverMemory(memory, reserved) }),
  });
  if (props.metrics === true) addMetricsAgent(task, { image: props.metricsImage, logGroup, metricsName, logging: logDriver(logGroup, 'agent') });
  return task;
}

function imageName({ imageTag, imageDigest }: DragonflyIndexProps): string {
  const digest = imageDigest ?? (imageTag === undefined ? DEFAULT_DIGEST : undefined);
  return `${REPOSITORY}:${imageTag ?? DEFAULT_TAG}${digest === undefined ? '' : `@${digest}`}`;
}

function serverMemory(memory: Size, reserved: Size): number {
  return memory.isUnresolved() ? memory.toMebibytes() : memory.toMebibytes() - reserved.toMebibytes();
}

/** A log that cannot be written does not stop the server. */
function logDriver(logGroup: logs.ILogGroup, streamPrefix: string): ecs.LogDriver {
  return ecs.LogDrivers.awsLogs({ logGroup, streamPrefix, mode: ecs.AwsLogDriverMode.NON_BLOCKING });
}
