import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { MonitoredTier } from './monitored-tier';
import { checkNotEmpty, takeName } from './names';
import { checkInterval, checkPeriod } from './periods';
import { Graph, Watched } from './watched';
import { show, validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

/** What a dashboard shows. */
export interface TierDashboardProps {
  /**
   * What is shown, from top to bottom. More can be added by `addTier`.
   *
   * @default - what is added by `addTier`
   */
  readonly tiers?: MonitoredTier[];

  /**
   * Name of the dashboard: 1 to 255 letters, digits, hyphens and underscores. A name can be taken only once in an account.
   *
   * @default - CloudFormation names it
   */
  readonly dashboardName?: string;

  /**
   * Period of the graphs, in whole minutes, a day at the most.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How far back the graphs go when the dashboard is opened, in whole minutes.
   *
   * @default - CloudWatch's own, three hours
   */
  readonly interval?: Duration;
}

/** Of CloudWatch, for one dashboard. Metrics count as well that others are worked out from. */
const MOST_METRICS = 2500;
const MOST_WIDGETS = 500;
/** Columns of a dashboard. */
const WIDTH = 24;
const GRAPH_HEIGHT = 6;

/**
 * One dashboard over any tiers: a row of graphs for each of them, or for each of its parts.
 *
 * CloudWatch bills a dashboard per month. What of the tiers' own metrics is billed, their READMEs say.
 *
 * @stateless
 *
 * @example
 * declare const cache: MemoCache;
 * declare const footprint: ConfigFootprint;
 *
 * new TierDashboard(this, 'Dashboard', { tiers: [MonitoredTier.memo(cache), MonitoredTier.config(footprint)] });
 */
export class TierDashboard extends Construct {
  /** The dashboard. Widgets of your own can be added to it. */
  public readonly dashboard: cloudwatch.Dashboard;

  private readonly period: Duration;
  private readonly names = new Set<string>();
  private metrics = 0;
  private widgets = 0;

  constructor(scope: Construct, id: string, props: TierDashboardProps = {}) {
    super(scope, id);
    const { tiers = [], dashboardName, period = Duration.minutes(5), interval } = props;
    checkPattern(this, 'dashboardName', dashboardName, /^[\w-]{1,255}$/, '1 to 255 letters, digits, hyphens and underscores');
    checkPeriod(this, 'period', period);
    checkInterval(this, 'interval', interval);
    this.period = period;
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', { dashboardName, defaultInterval: interval });
    tiers.forEach((tier) => this.addTier(tier));
    checkNotEmpty(this, () => this.names.size);
  }

  /**
   * Shows one more tier, below the others.
   *
   * @param tier what is shown
   */
  public addTier(tier: MonitoredTier): void {
    for (const { name, watched } of tier._parts()) {
      takeName(this, this.names, name);
      const graphs = watched.graphs(this.period);
      this.count(name, graphs);
      this.dashboard.addWidgets(heading(name, watched));
      const width = Math.floor(WIDTH / Math.max(graphs.length, 1));
      this.dashboard.addWidgets(...graphs.map((graph) => widget(graph, width)));
    }
  }

  private count(name: string, graphs: readonly Graph[]): void {
    this.widgets += graphs.length + 1;
    this.metrics += graphs.flatMap(({ left, right = [] }) => [...left, ...right]).map(countOf).reduce((sum, count) => sum + count, 0);
    if (this.metrics <= MOST_METRICS && this.widgets <= MOST_WIDGETS) return;
    throw validationError(this, `tiers have ${this.metrics} metrics in ${this.widgets} widgets with ${show(name)}, and a dashboard has at most `
      + `${MOST_METRICS} in ${MOST_WIDGETS}: define another dashboard`);
  }
}

function heading(name: string, { kind, metricsOff }: Watched): cloudwatch.IWidget {
  const missing = metricsOff === undefined ? '' : `\n\nNot all of it is known: ${metricsOff}.`;
  return new cloudwatch.TextWidget({ markdown: `## ${name}: ${kind}${missing}`, width: WIDTH, height: metricsOff === undefined ? 1 : 2 });
}

function widget({ title, left, right, percent }: Graph, width: number): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title, left, right, width, height: GRAPH_HEIGHT, leftYAxis: { min: 0, max: percent ? 100 : undefined }, rightYAxis: right && { min: 0 },
  });
}

function countOf(metric: cloudwatch.IMetric): number {
  const parts = Object.values(metric.toMetricConfig().mathExpression?.usingMetrics ?? {});
  return 1 + parts.map(countOf).reduce((sum, count) => sum + count, 0);
}
