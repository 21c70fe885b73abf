import { Metrics as PowertoolsMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** A metric's name, its unit and its value. */
export type Measured = readonly [name: string, unit: keyof typeof MetricUnit, value: number];

/** Metrics of a run as lines of the log, one for each namespace, whose names are the only dimensions. */
export class TallyMetrics {
  private readonly metrics: PowertoolsMetrics;

  constructor(metricNamespace: string, handlerName: string) {
    this.metrics = new PowertoolsMetrics({ namespace: metricNamespace, serviceName: handlerName });
  }

  write(dimensions: Readonly<Record<string, string>>, measured: readonly Measured[]): void {
    this.metrics.clearDefaultDimensions(); // one that is named after the service, or those of the last line
    this.metrics.setDefaultDimensions({ ...dimensions });
    for (const [name, unit, value] of measured) this.metrics.addMetric(name, MetricUnit[unit], value);
    this.metrics.publishStoredMetrics();
  }
}
