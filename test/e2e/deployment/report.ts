import Table from 'cli-table3';
import type { AppResult } from './app-run';

const say = (line = '') => process.stdout.write(`${line}\n`);

/** What was deployed, and what that did not show. */
export function report(results: readonly AppResult[], { auth, drive }: { readonly auth: boolean; readonly drive: boolean }): void {
  const table = new Table({
    head: ['app', 'resources', 'deploy', 'all', 'checks', 'failed', 'not shown'], style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const { name, resources, deploySeconds, seconds, passed, failed, notShown } of results) {
    table.push([name, resources, `${deploySeconds.toFixed(1)} s`, `${seconds.toFixed(1)} s`, passed + failed, failed, notShown.length]);
  }
  say();
  say(table.toString());
  const lines = results.flatMap(({ notShown }) => notShown);
  if (lines.length > 0) {
    say();
    say(`Not shown here, because the emulator accepts it and does nothing${drive ? '; the templates are compared instead' : ''}:`);
    for (const line of lines) say(`  ${line}`);
  }
  if (!drive) say('\nNothing was driven: nothing here shows that what was deployed works.');
  if (!auth) say('\nIAM was not enforced: nothing here shows that permissions suffice, or that anything is refused.');
}
