// Draws dashboard.svg: what `TierDashboard` defines for all four tiers, and where. `npx tsx docs/pictures/dashboard.ts` draws it anew; a test
// compares. Titles and metrics are those of the synthesized dashboard. It has no curves, as there is nothing to measure.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { TierDashboard } from '../../lib';
import { bodyOf, monitored, newTiers, type Widget } from '../../test/lib/observability/tiers';

/** Pixels of one unit of CloudWatch's grid, which has 24 columns. */
const [COLUMN, ROW] = [50, 25];
const COLUMNS = 24;
const TITLE = 'TierDashboard over all four tiers: its graphs, and the metrics in them';
/** Of the lines of a graph, in their order. */
const COLORS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2'];
const [LINE, MARGIN] = [16, 12];

/** How a metric is shown: the last part of what a dashboard has of it. */
interface Look {
  readonly label?: string;
  readonly visible?: boolean;
  readonly yAxis?: string;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const text = (x: number, y: number, content: string, look = '') => `<text x="${x}" y="${y}"${look}>${escaped(content)}</text>`;

/** What a line is called, unless it is only what others are worked out from. */
function legendOf(metric: readonly unknown[]): string[] {
  const look = metric.at(-1) as Look;
  if (look.visible === false) return [];
  return [`${look.label ?? String(metric[1])}${look.yAxis === 'right' ? ', right' : ''}`];
}

function drawn({ x, y, width, height, properties: { title, markdown, metrics = [] } }: Widget): string[] {
  const [left, top] = [x * COLUMN, y * ROW];
  if (markdown !== undefined) return [text(left + MARGIN, top + 18, markdown.replace(/^## /, ''), ' font-size="14" font-weight="bold"')];
  const box = `<rect x="${left + 3}" y="${top + 3}" width="${width * COLUMN - 6}" height="${height * ROW - 6}" rx="4" fill="#fff" stroke="#d5dbdb"/>`;
  const lines = metrics.flatMap(legendOf).flatMap((label, index) => {
    const at = top + 46 + index * LINE;
    const swatch = `<rect x="${left + MARGIN}" y="${at - 8}" width="8" height="8" fill="${COLORS[index % COLORS.length]}"/>`;
    return [swatch, text(left + MARGIN + 14, at, label)];
  });
  return [box, text(left + MARGIN, top + 24, title ?? '', ' font-weight="bold"'), ...lines];
}

export function drawDashboard(): string {
  const stack = new Stack(new App(), 'Stack');
  const { dashboard } = new TierDashboard(stack, 'Dashboard', { tiers: monitored(newTiers(stack)) });
  const { widgets } = bodyOf(dashboard);
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${COLUMNS * COLUMN} ${height}" role="img" aria-label="${TITLE}">
<title>${TITLE}</title>
<rect width="100%" height="100%" fill="#f2f3f3"/>
<g font-family="Helvetica,Arial,sans-serif" font-size="12" fill="#16191f">
${widgets.flatMap(drawn).join('\n')}
</g>
</svg>
`;
}

if (require.main === module) writeFileSync(join(__dirname, 'dashboard.svg'), drawDashboard());
