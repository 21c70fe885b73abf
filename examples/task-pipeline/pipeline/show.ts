import type { TaskExplanation, TaskPlan, TaskRun } from 'cdk-cache-tiers/tasks';
import type { Estate } from './estate';
import type { WatchedStore } from './watched-store';

const say = (line: string) => console.log(line);

/** What a run did, what that cost the accounts, and what it asked of the bucket. */
export function showRun(title: string, { summary, outcomes }: TaskRun, estate: Estate, bucket: WatchedStore): void {
  const { tasks, counts: { ran, reused, failed }, reasons, wall, saved } = summary;
  say(`\n${title}`);
  say(`  ${tasks} tasks: ${ran} ran, ${reused} reused${failed > 0 ? `, ${failed} failed` : ''}; ${inSeconds(wall)}, saved ${inSeconds(saved)}`);
  const why = Object.entries(reasons).filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  if (why.length > 0) say(`  they ran because: ${why.join(', ')}`);
  const families = countOf(outcomes.filter(({ status }) => status === 'ran').map(({ family }) => family));
  for (const [family, count] of families) say(`    ${count} × ${family}`);
  say(`  asked of the accounts: ${[...estate.calls].map(([call, count]) => `${count} × ${call}`).join(', ') || 'nothing'}`);
  const requests = [...countOf(bucket.taken())].map(([request, count]) => `${count} × ${request}`);
  say(`  asked of the bucket:${requests.length === 0 ? ' nothing' : ''}`);
  for (const request of requests) say(`    ${request}`);
  estate.uncount();
}

/** What a run would do. */
export function showPlan(title: string, { counts, entries }: TaskPlan): void {
  say(`\n${title}`);
  say(`  ${Object.entries(counts).filter(([, count]) => count > 0).map(([action, count]) => `${count} ${action}`).join(', ')}`);
  for (const [what, count] of countOf(entries.filter(({ action }) => action !== 'reuse').map(({ family, reason }) => `${family}: ${reason}`))) {
    say(`    ${count} × ${what}`);
  }
}

/** Why one task would run. */
export function showExplanation({ plan, parts, last, before }: TaskExplanation): void {
  say(`\nWhy ${plan.id}?`);
  say(`  ${plan.action}: ${plan.detail}`);
  for (const { part, state } of parts) say(`    ${state.padEnd(8)} ${part}`);
  if (last !== undefined) {
    say(`  its last result took ${inSeconds(last.duration)}, is valid ${last.validityText}, and was made by run ${last.producer.run}`);
  }
  if (before.length > 0) say(`  before it would run: ${before.map(({ id }) => id).join(', ')}`);
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const inSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
