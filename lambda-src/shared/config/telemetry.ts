import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { Metrics as PowertoolsMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { CONFIG_DIMENSION, type CONFIG_METRIC, CONFIG_METRIC_NAMESPACE } from '../../../lib/contract/config';

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Structured lines. Fields hold names and numbers, never a value of a parameter. */
export interface Logger {
  /** The following lines carry the invocation's request id. */
  begin(context: Partial<Context>): void;
  info(notice: string, fields?: LogFields): void;
  warn(notice: string, fields?: LogFields): void;
  error(notice: string, fields?: LogFields): void;
}

export type MetricName = (typeof CONFIG_METRIC)[keyof typeof CONFIG_METRIC];

/** Metrics of an invocation. */
export interface Metrics {
  count(name: MetricName, by?: number): void;
  milliseconds(name: MetricName, time: number): void;
  /** Writes what there is. Once at the end of every invocation. */
  flush(): void;
}

export function createLogger(handlerName: string): Logger {
  const logger = new PowertoolsLogger({ serviceName: handlerName });
  return {
    begin: ({ awsRequestId }) => logger.appendKeys({ function_request_id: awsRequestId }),
    info: (notice, fields = {}) => logger.info(notice, { ...fields }),
    warn: (notice, fields = {}) => logger.warn(notice, { ...fields }),
    error: (notice, fields = {}) => logger.error(notice, { ...fields }),
  };
}

export function createMetrics(): Metrics {
  const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME || 'unknown';
  const metrics = new PowertoolsMetrics({ namespace: CONFIG_METRIC_NAMESPACE, serviceName: functionName });
  metrics.clearDefaultDimensions(); // one that is named after the service, which would be a second
  metrics.setDefaultDimensions({ [CONFIG_DIMENSION]: functionName });
  const counts = new Map<MetricName, number>();
  return {
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    milliseconds: (name, time) => void metrics.addMetric(name, MetricUnit.Milliseconds, time),
    flush: () => {
      for (const [name, value] of counts) metrics.addMetric(name, MetricUnit.Count, value);
      counts.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
