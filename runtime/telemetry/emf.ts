/** What a line in CloudWatch's embedded metric format says. */
export interface EmfRecord {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Names of those metrics that are milliseconds; the others are counts. */
  readonly milliseconds?: readonly string[];
  /** Unix epoch milliseconds. */
  readonly timestamp: number;
}

/**
 * One line of CloudWatch's embedded metric format. Written to standard output in Lambda, CloudWatch Logs makes metrics
 * of it: no call, no permission, no agent.
 */
export function emfLine({ namespace, dimensions, metrics, milliseconds = [], timestamp }: EmfRecord): string {
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{
        Namespace: namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: milliseconds.includes(Name) ? 'Milliseconds' : 'Count' })),
      }],
    },
    ...dimensions,
    ...metrics,
  });
}
