// What is shown of this example once it is deployed: see CONTRIBUTING.md, "An example".
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { assumeAsService, assumeByToken, Builds, refused, run, type E2e, type Identity } from '../../test/e2e/deployment/kit';

export { notShown, unused } from './test/lists';

const REPOSITORY = 'repo:example/platform';
const TOKEN = { iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com' };

export async function drive(e2e: E2e): Promise<void> {
  const role = e2e.stack.find('AWS::IAM::Role', 'TaskPipeline/Deploy');
  const builds = new Builds(() => e2e.stack, 'TaskPipeline/Deploy', await assumeAsService(e2e.root, role.physicalId));
  try {
    await building(e2e, builds);
    await switching(e2e, builds);
    await strictly(e2e, builds);
  } finally {
    builds.close();
  }
  await workflows(e2e);
  await retention(e2e);
}

/** Files of a build's output, with their content. */
function outputOf(folder: string): Record<string, string> {
  const files = readdirSync(join(folder, 'output'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => join(entry.parentPath, entry.name)).sort()
    .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]));
}

/** Another commit: with one more account, that is suspended or not. */
const withAccount = (suspended: boolean) => (folder: string) => {
  const file = join(folder, 'accounts.json');
  const accounts = JSON.parse(readFileSync(file, 'utf8')) as object[];
  writeFileSync(file, JSON.stringify([...accounts, { account: '333333333333', regions: ['eu-west-1'], suspended }]));
};

async function building(e2e: E2e, builds: Builds): Promise<void> {
  const { check, note } = e2e;
  let first: Record<string, string>;

  await check('a build by the buildspec, under the project\'s role: there is nothing to pull, and it pushes what it made', async () => {
    const { succeeded, log, folder } = await builds.build();
    ok(succeeded, log);
    match(log, /12 tasks done, 0 were there/);
    first = outputOf(folder);
    strictEqual(Object.keys(first).length, 12);
    for (const line of log.trim().split('\n')) note(line);
  });

  await check('the next one, in an empty folder, begins with that output, and does no work', async () => {
    const { succeeded, log, folder } = await builds.build();
    ok(succeeded, log);
    match(log, /0 tasks done, 12 were there/);
    deepStrictEqual(outputOf(folder), first);
  });

  await check('one that fails keeps what it has done until then; the next one does the rest', async () => {
    const failed = await builds.build(withAccount(true));
    ok(!failed.succeeded, failed.log);
    match(failed.log, /2 tasks done, 12 were there[\s\S]*account 333333333333 is suspended[\s\S]*the build is over/);
    const next = await builds.build(withAccount(false));
    ok(next.succeeded, next.log);
    match(next.log, /1 tasks done, 14 were there/);
  });
}

async function switching(e2e: E2e, builds: Builds): Promise<void> {
  const { check, outputs } = e2e;
  const operator = await e2e.assume(outputs.OperatorRoleArn!);
  const env = {
    TASK_CACHE_BUCKET: outputs.Bucket!, TASK_CACHE_NAMESPACE: 'pipeline', TASK_CACHE_SWITCHES: outputs.Switches!, TASK_CACHE_MODE: 'remote:rw',
  };
  const tasks = async (...args: string[]) => {
    const { code, stdout, stderr } = await e2e.command(operator, ['tasks', ...args], { env }).result();
    strictEqual(code, 0, `tasks ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  await check('one family is switched off at a terminal, without a deployment: builds do that one themselves', async () => {
    match(await tasks('disable', 'BootstrapSpokeAsTask'), /is off now/);
    match((await builds.build()).log, /4 tasks done, 8 were there/);
    match(await tasks('enable', 'BootstrapSpokeAsTask'), /is on now/);
  });

  await check('all of it is switched off, and on again', async () => {
    match(await tasks('disable'), /everything is off now/);
    const { succeeded, log } = await builds.build();
    ok(succeeded, log);
    match(log, /12 tasks done, 0 were there/);
    await tasks('enable');
    match((await builds.build()).log, /0 tasks done, 12 were there/);
  });

  await check('at a terminal one sees what is kept, and clears it', async () => {
    match(await tasks('status'), /output/);
    await tasks('clear', '--yes');
    match((await builds.build()).log, /12 tasks done, 0 were there/);
  });
}

async function strictly(e2e: E2e, builds: Builds): Promise<void> {
  const { check } = e2e;
  const damage = async () => {
    const s3 = e2e.root.as(S3Client);
    const manifest = { Bucket: e2e.outputs.Bucket, Key: 'v1/main/pipeline/manifest' };
    await s3.send(new PutObjectCommand({ ...manifest, Body: 'no manifest', IfMatch: (await s3.send(new GetObjectCommand(manifest))).ETag }));
  };

  await check('a cache that is damaged costs a build its start, and does not fail it; what it pushes is there again', async () => {
    await damage();
    const { succeeded, log } = await builds.build();
    ok(succeeded, log);
    match(log, /12 tasks done, 0 were there/);
    match((await builds.build()).log, /0 tasks done, 12 were there/);
  });

  await check('deployed with `strict`, it does', async () => {
    await e2e.deploy({ strict: 'true' });
    ok((await builds.build()).succeeded);
    await damage();
    ok(!(await builds.build()).succeeded);
  });
}

/** GitHub's workflows run the tasks. */
async function workflows(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const { ReleaseRoleArn, PullRequestRoleArn } = outputs as Record<string, string>;
  const folder = mkdtempSync(join(tmpdir(), 'task-pipeline-'));
  cpSync(join(__dirname, 'templates'), join(folder, 'templates'), { recursive: true });

  const session = (role: string, sub: string, aud = TOKEN.aud) => assumeByToken(e2e.root, role, { ...TOKEN, sub: REPOSITORY + sub, aud });
  const runAs = async (identity: Identity, scope: string, readScopes: string): Promise<string> => {
    const env = {
      ...identity.environment, TASK_CACHE_BUCKET: outputs.Bucket!, TASK_CACHE_SWITCHES: outputs.Switches!, TASK_CACHE_NAMESPACE: 'pipeline',
      TASK_CACHE_SCOPE: scope, TASK_CACHE_READ_SCOPES: readScopes, TASK_CACHE_MODE: 'remote:rw',
    };
    return (await run(process.execPath, [require.resolve('tsx/cli'), 'ci.ts', folder], { cwd: __dirname, env })).trim();
  };
  const release = async () => runAs(await session(ReleaseRoleArn!, ':ref:refs/heads/main'), 'main', '');
  const pullRequest = async () => runAs(await session(PullRequestRoleArn!, ':pull_request'), 'pull-request', 'main');

  await check('no role is given to a workflow of another branch, kind, repository or audience', async () => {
    const refusals: [string, string, string?][] = [
      [ReleaseRoleArn!, ':pull_request'], [ReleaseRoleArn!, ':ref:refs/heads/main2'], [ReleaseRoleArn!, '2:ref:refs/heads/main'],
      [PullRequestRoleArn!, ':ref:refs/heads/main'], [ReleaseRoleArn!, ':ref:refs/heads/main', 'https://github.com/example'],
    ];
    for (const args of refusals) await refused(() => session(...args), 'sts:AssumeRoleWithWebIdentity');
  });

  await check('a release runs all tasks once, and then none', async () => {
    strictEqual(await release(), '37 tasks: 37 ran, 0 reused');
    strictEqual(await release(), '37 tasks: 0 ran, 37 reused');
  });

  await check('a pull request reuses what the release has made; what it makes itself, the release does not see', async () => {
    strictEqual(await pullRequest(), '37 tasks: 0 ran, 37 reused');
    writeFileSync(join(folder, 'templates/logging.yaml'), 'Outputs.LogGroup: /of/the/pull/request\n');
    strictEqual(await pullRequest(), '37 tasks: 11 ran, 26 reused');
    strictEqual(await pullRequest(), '37 tasks: 0 ran, 37 reused');
    strictEqual(await release(), '37 tasks: 11 ran, 26 reused');
  });

  rmSync(folder, { recursive: true, force: true });
}

async function retention({ check, note, outputs, root, stack }: E2e): Promise<void> {
  const [s3, lambda] = [root.as(S3Client), root.as(LambdaClient)];
  const keys = async () => ((await s3.send(new ListObjectsV2Command({ Bucket: outputs.Bucket }))).Contents ?? []).map(({ Key }) => Key!).sort();
  const { physicalId: FunctionName } = stack.find('AWS::Lambda::Function', 'TaskPipeline/Tasks/Retention/');
  const call = async () => {
    const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    strictEqual(FunctionError, undefined, Buffer.from(Payload ?? []).toString());
  };

  await check('the retention keeps what is in use, and deletes what is not, in two runs', async () => {
    const before = await keys();
    await call();
    const inUse = (await keys()).filter((key) => key.endsWith('/manifest'));
    deepStrictEqual(await keys(), before, 'what is younger than a day was deleted');
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment!.Variables, TASK_RETENTION_GRACE: '1', TASK_RETENTION_MAX_AGE: '1' };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    for (let i = 0; i < 3; i += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 1_500); });
      await call();
    }
    note(`${before.length} objects before, ${(await keys()).length} after`);
    deepStrictEqual(await keys(), inUse);
  });
}
