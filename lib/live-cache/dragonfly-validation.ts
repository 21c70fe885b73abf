import { Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { OWN_FLAGS } from './dragonfly-flags';
import { DragonflyIndexProps, DragonflyLaunchType } from './dragonfly-props';
import { show, validationError } from '../private/errors';
import { checkAlone, checkInteger, checkPattern } from '../private/validation';

/** Memory of Fargate's tasks in MiB, by CPU units: least, most, step. A quarter of a vCPU has 512 MiB as well. */
const FARGATE_MEMORY = new Map([
  [256, [1024, 2048, 1024]], [512, [1024, 4096, 1024]], [1024, [2048, 8192, 1024]], [2048, [4096, 16384, 1024]],
  [4096, [8192, 30720, 1024]], [8192, [16384, 61440, 4096]], [16384, [32768, 122880, 8192]],
]);

const DNS_LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`);
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function checkDragonflyProps(scope: Construct, props: DragonflyIndexProps): void {
  checkAlone(scope, props, 'securityGroups', ['outboundPeers'], 'set the rules where the groups are defined');
  checkAlone(scope, props, 'image', ['imageTag', 'imageDigest'], 'name the version in the image');
  checkAlone(scope, props, 'namespace', ['namespaceName'], 'give one of them');
  checkAlone(scope, props, 'tls', ['namespace', 'namespaceName', 'discoveryName'], 'clients find the load balancer by domainName');
  checkAlone(scope, props, 'logGroup', ['logRetention', 'logRemovalPolicy'], 'set them where the log group is defined');
  checkPattern(scope, 'imageTag', props.imageTag, /^\w[\w.-]{0,127}$/, 'a tag such as "v2.0.0"');
  checkPattern(scope, 'imageDigest', props.imageDigest, DIGEST, '"sha256:" and 64 hexadecimal digits');
  checkPattern(scope, 'namespaceName', props.namespaceName, DNS_NAME, 'a DNS name in lower case, such as "cache.internal"');
  checkPattern(scope, 'discoveryName', props.discoveryName, new RegExp(`^${DNS_LABEL}$`), 'one part of a DNS name in lower case, such as "index"');
  checkPattern(scope, 'tls.domainName', props.tls?.domainName, DNS_NAME, 'a DNS name in lower case, such as "index.example.com"');
  checkPlace(scope, props);
  checkFlags(scope, props);
}

function checkPlace(scope: Construct, props: DragonflyIndexProps): void {
  const { cluster, namespace, vpc } = props;
  if (props.metricsImage !== undefined && props.metrics !== true) {
    throw validationError(scope, 'metricsImage is given without metrics: set metrics to true');
  }
  if (props.launchType === DragonflyLaunchType.EC2) {
    if (cluster === undefined) throw validationError(scope, 'launchType is "EC2" and cluster is missing: give a cluster with capacity');
    for (const name of ['cpuArchitecture', 'assignPublicIp'] as const) {
      if (props[name] !== undefined) throw validationError(scope, `${name} is given with launchType "EC2": it is the instances' own, leave it out`);
    }
  }
  const [there, here] = [cluster?.vpc.vpcId ?? vpc.vpcId, vpc.vpcId];
  if (there !== here && !Token.isUnresolved(there) && !Token.isUnresolved(here)) {
    throw validationError(scope, `cluster is in the VPC ${show(there)}, vpc is ${show(here)}: use one VPC`);
  }
  if (namespace !== undefined && namespace.type !== servicediscovery.NamespaceType.DNS_PRIVATE) {
    throw validationError(scope, `namespace is of type ${show(namespace.type)}: use a private DNS namespace`);
  }
}

function checkFlags(scope: Construct, { flags = {} }: DragonflyIndexProps): void {
  for (const name of Object.keys(flags)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw validationError(scope, `flags has ${show(name)}: use names as Dragonfly has them, without dashes`);
    if (OWN_FLAGS.includes(name)) {
      throw validationError(scope, `flags has ${show(name)}, which the construct sets: use the property for it, if there is one`);
    }
  }
}

/** Not all of Fargate's pairs of CPU and memory exist. It would say so only at deployment. */
export function checkFargateSize(scope: Construct, cpu: number, memory: Size): void {
  if (Token.isUnresolved(cpu)) return;
  const range = FARGATE_MEMORY.get(cpu);
  if (range === undefined) throw validationError(scope, `cpu is ${show(cpu)}: use ${[...FARGATE_MEMORY.keys()].join(', ')}; 1024 are one vCPU`);
  if (memory.isUnresolved()) return;
  const mebibytes = exactMebibytes(memory);
  const [least, most, step] = range;
  if ((mebibytes >= least && mebibytes <= most && mebibytes % step === 0) || (cpu === 256 && mebibytes === 512)) return;
  throw validationError(scope, `memory is ${show(memory)}, which Fargate has not with cpu ${cpu}: use ${cpu === 256 ? '512 MiB, or ' : ''}`
    + `${least} to ${most} MiB in steps of ${step}`);
}

export interface DragonflySize {
  readonly memory: Size;
  readonly proactorThreads: number;
  readonly maxMemory?: Size;
  /** Of `memory`, what containers beside the server have. */
  readonly reserved: Size;
}

/** MiB without which the server refuses to start, for each thread. */
const LEAST_OF_THREAD = 256;

/** Share of the memory for data. At 1.25 times of that, which is all, the server refuses connections. */
const DATA_SHARE = 0.8;

/** The memory for data, given or by default, when it is enough for the threads, and the task has enough for it. */
export function checkedMaxMemory(scope: Construct, { memory, proactorThreads, maxMemory, reserved }: DragonflySize): Size {
  checkInteger(scope, 'proactorThreads', proactorThreads, 1, 1024);
  const most = memory.isUnresolved() ? undefined : Math.floor(DATA_SHARE * (exactMebibytes(memory) - reserved.toMebibytes()));
  if (maxMemory === undefined && most === undefined) {
    throw validationError(scope, 'memory is known only at deployment, and maxMemory is missing: give both');
  }
  const chosen = maxMemory ?? Size.mebibytes(most ?? 0);
  if (chosen.isUnresolved()) return chosen;
  const mebibytes = exactMebibytes(chosen);
  const shown = `maxMemory is ${show(chosen)}${maxMemory === undefined ? ` by default, of memory ${show(memory)}` : ''}`;
  checkInteger(scope, 'maxMemory (in MiB)', mebibytes, 0);
  if (!Token.isUnresolved(proactorThreads) && mebibytes < LEAST_OF_THREAD * proactorThreads) {
    throw validationError(scope, `${shown}, and Dragonfly does not start with less than ${LEAST_OF_THREAD} MiB for each of its `
      + `${proactorThreads} threads: use at least ${LEAST_OF_THREAD * proactorThreads} MiB, or fewer proactorThreads`);
  }
  if (most !== undefined && mebibytes > most) {
    throw validationError(scope, `${shown}, and memory is ${show(memory)}: use at most 80 percent of it${
      reserved.toMebibytes() > 0 ? ` less ${reserved.toMebibytes()} MiB of the metrics agent` : ''}, ${most} MiB, or more memory`);
  }
  return chosen;
}

function exactMebibytes(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}
