/*
 * A bucket to take pictures of, and a project that is built: prints the environment that a command finds both by, and stays until it is ended.
 * A landing zone was set up twice, the second time with another template; TIMELINE is the picture of that.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, workflowIn } from '../../demo/scenes/tasks-workflow';
import { TaskRunner } from '../../runtime/tasks';
import { startS3 } from '../../test/support/s3-server';

const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444'];
/** Milliseconds of the shortest call. */
const PACE = 400;

/** As any program that makes what is missing. */
const BUILD = `mkdir -p build
for source in *.c; do
  [ -e build/$source.o ] || { sleep 0.8; echo "compile $source"; cp $source build/$source.o; }
done
[ -e build/app ] || { sleep 0.4; echo "link app"; cat build/*.o > build/app; }
`;

async function main(): Promise<void> {
  const s3 = await startS3({ buckets: ['builds'] });
  const root = mkdtempSync(join(tmpdir(), 'pictures-tasks-'));
  const project = join(root, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'build.sh'), BUILD);
  for (const name of ['main', 'lexer', 'parser', 'table', 'writer']) writeFileSync(join(project, `${name}.c`), `/* ${name} */\n`.repeat(200));
  const env = {
    ...s3.environment, AWS_EC2_METADATA_DISABLED: 'true', CACHE_TIERS_HOME: root, HOME: root,
    TASK_CACHE_BUCKET: s3.bucket, TASK_CACHE_S3_ENDPOINT: s3.endpoint, TASK_CACHE_SCOPE: 'main', TASK_CACHE_MODE: 'remote:rw',
  };
  let task: string | undefined;
  const timeline = join(root, 'timeline.svg');
  for (const version of ['1', '2']) {
    for (const name of ['network', 'logging']) writeFileSync(join(root, `${name}.yaml`), `${name}, version ${name === 'logging' ? version : '1'}\n`);
    const { report, logging } = workflowIn(new Cloud(root, PACE), ACCOUNTS);
    task = logging.id;
    const runner = new TaskRunner({ env, root, workers: 8, runId: `deployment-${version}`, folder: join(root, 'cache') });
    const run = await runner.run([report]);
    run.throwIfFailed();
    await run.writeTimeline(timeline);
    await runner.close();
  }
  process.stdout.write(`${JSON.stringify({ ...env, PROJECT: project, TIMELINE: timeline, TASK: task })}\n`);
  process.on('SIGTERM', () => void s3.close().finally(() => {
    rmSync(root, { recursive: true, force: true });
    process.exit();
  }));
}

void main();
