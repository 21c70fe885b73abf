import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

export interface Percentage {
  readonly label: string;
  readonly expression: string;
  readonly usingMetrics: { [name: string]: cloudwatch.IMetric };
}

/** A metric that is worked out from others, with those options of theirs that it can have. */
export function percentage(expression: Percentage, options: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
  const { period, label, color } = options;
  return new cloudwatch.MathExpression({ ...expression, ...(period && { period }), ...(label && { label }), ...(color && { color }) });
}
