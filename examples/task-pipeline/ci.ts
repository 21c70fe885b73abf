// What a workflow in a pipeline runs: the same tasks, with the cache that its environment names (TASK_CACHE_*). npx tsx ci.ts [folder]
import { join, resolve } from 'node:path';
import { TaskRunner } from 'cdk-cache-tiers/tasks';
import { Estate } from './pipeline/estate';
import { workflowIn } from './pipeline/tasks';

/** The checkout: its templates, and the simulated accounts. */
const folder = resolve(process.argv[2] ?? __dirname);

async function main(): Promise<void> {
  const runner = new TaskRunner({ root: folder, producer: { program: 'ci.ts' } });
  try {
    const run = await runner.run(workflowIn(new Estate(join(folder, 'accounts.json'), 5), folder).lasting);
    const { tasks, counts: { ran, reused }, storeErrorMessages } = run.summary;
    for (const message of storeErrorMessages) console.error(`warning: ${message}`);
    console.log(`${tasks} tasks: ${ran} ran, ${reused} reused`);
    run.throwIfFailed();
  } finally {
    await runner.close();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
