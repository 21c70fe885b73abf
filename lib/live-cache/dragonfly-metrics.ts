import { Size, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { DRAGONFLY_ADMIN_PORT } from './dragonfly-flags';
import { LIVE_INDEX_DIMENSION, LIVE_INDEX_METRIC, LIVE_METRIC_NAMESPACE } from '../contract/live';

/** What the agent has of the task's memory. */
export const AGENT_MEMORY = Size.mebibytes(256);

const DEFAULT_IMAGE = 'public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300064.0b1337';
const JOB = 'dragonfly';
const PROMETHEUS_VARIABLE = 'PROMETHEUS_CONFIG_CONTENT';

export interface MetricsAgentProps {
  readonly image?: ecs.ContainerImage;
  readonly logGroup: logs.ILogGroup;
  readonly metricsName: string;
  readonly logging: ecs.LogDriver;
}

/** Adds a container that reads the server's metrics each minute, and writes those of `LIVE_INDEX_METRIC` to the log as CloudWatch metrics. */
export function addMetricsAgent(task: ecs.TaskDefinition, { image, logGroup, metricsName, logging }: MetricsAgentProps): void {
  const stack = Stack.of(task);
  task.addContainer('Metrics', {
    containerName: 'metrics',
    image: image ?? ecs.ContainerImage.fromRegistry(DEFAULT_IMAGE),
    essential: false, // the index is worth more than its metrics
    memoryLimitMiB: AGENT_MEMORY.toMebibytes(),
    logging,
    environment: {
      CW_CONFIG_CONTENT: stack.toJsonString(agentConfig(logGroup)),
      [PROMETHEUS_VARIABLE]: stack.toJsonString(prometheusConfig(metricsName)), // YAML, of which JSON is a part
    },
  });
  iam.Grant.addToPrincipal({
    grantee: task.taskRole, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resourceArns: [logGroup.logGroupArn],
  });
}

/** In a task containers reach each other by the loopback address. */
function prometheusConfig(metricsName: string): object {
  return {
    global: { scrape_interval: '1m', scrape_timeout: '10s' },
    scrape_configs: [{
      job_name: JOB,
      static_configs: [{ targets: [`127.0.0.1:${DRAGONFLY_ADMIN_PORT}`], labels: { [LIVE_INDEX_DIMENSION]: metricsName } }],
    }],
  };
}

function agentConfig(logGroup: logs.ILogGroup): object {
  return {
    logs: {
      metrics_collected: {
        prometheus: {
          log_group_name: logGroup.logGroupName,
          prometheus_config_path: `env:${PROMETHEUS_VARIABLE}`,
          emf_processor: {
            metric_namespace: LIVE_METRIC_NAMESPACE,
            metric_declaration: [{
              source_labels: ['job'],
              label_matcher: `^${JOB}$`,
              dimensions: [[LIVE_INDEX_DIMENSION]],
              metric_selectors: Object.values(LIVE_INDEX_METRIC).map((name) => `^${name}$`),
            }],
          },
        },
      },
    },
  };
}
