// A workflow of some 40 tasks, run a few times: npx tsx workflow.ts [folder]
import { appendFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DirectoryObjectStore, TaskRunner, TaskStorage } from 'cdk-cache-tiers/tasks';
import { Estate } from './pipeline/estate';
import { showExplanation, showPlan, showRun } from './pipeline/show';
import { workflowIn } from './pipeline/tasks';
import { WatchedStore } from './pipeline/watched-store';

/** All that it leaves: the accounts, the bucket, the cache of this computer, a copy of the templates, the picture. */
const FOLDER = resolve(process.argv[2] ?? join(__dirname, '.work'));

async function main(): Promise<void> {
  const again = existsSync(join(FOLDER, 'bucket'));
  mkdirSync(FOLDER, { recursive: true });
  cpSync(join(__dirname, 'templates'), join(FOLDER, 'templates'), { recursive: true, force: false });

  const estate = new Estate(join(FOLDER, 'accounts.json'));
  const bucket = new WatchedStore(new DirectoryObjectStore({ folder: join(FOLDER, 'bucket') }));
  const storage = TaskStorage.open({ env: {}, namespace: 'pipeline', folder: join(FOLDER, 'local'), parts: { remote: bucket } });
  const runner = new TaskRunner({ storage, root: FOLDER, workers: 16, producer: { program: 'workflow.ts' } });
  const { lasting, all, logging } = workflowIn(estate, FOLDER);

  const first = await runner.run(lasting);
  first.throwIfFailed();
  showRun(again ? 'What lasts, once more in another process' : 'What lasts, for the first time', first, estate, bucket);
  await first.writeTimeline(join(FOLDER, 'first.svg'));

  // What is on this computer is taken from there. Of the bucket it is asked once whether anybody else has done anything.
  const second = await runner.run(lasting);
  showRun('The same again', second, estate, bucket);

  // A trigger runs each time, and is not kept.
  const third = await runner.run(all);
  showRun('With the tasks that set something off', third, estate, bucket);

  // Stacks of logging depend on this template, and the report on the stacks.
  appendFileSync(join(FOLDER, 'templates/logging.yaml'), `Outputs.Edited: ${process.pid}\n`);
  showPlan('The template of logging is edited. What would a run do?', await runner.plan(lasting));
  showExplanation(await runner.explain(logging));
  bucket.taken();
  const fourth = await runner.run(lasting);
  showRun('Only what depends on it runs', fourth, estate, bucket);
  await fourth.writeTimeline(join(FOLDER, 'edited.svg'));

  // Networks are provisioned from this one. They come out as they were, so whatever needs them is not touched.
  appendFileSync(join(FOLDER, 'templates/network.yaml'), `# a remark of process ${process.pid}\n`);
  showRun('A remark is added to the template of the networks', await runner.run(lasting), estate, bucket);

  // Nobody tells the cache: it is `verify` that finds it out.
  estate.deleteStack({ account: '111111111111', region: 'eu-west-1', stack: 'logging' });
  showRun('Somebody has deleted a stack at the console', await runner.run(lasting), estate, bucket);

  await runner.close();
  await storage.close();
  console.log(`\nWhat ran when: first.svg and edited.svg in ${relative('.', FOLDER) || '.'}`);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
