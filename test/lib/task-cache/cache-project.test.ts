import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CacheProjectOptions, TaskCache } from '../../../lib';
import { HERE, messageOf, newStack, statementsFor } from '../stacks';
import { granted, newCache, newRole } from './caches';
import { gitHub, newProject, OUTPUT, PULL, PUSH, rendered, variablesOf } from './projects';

/** The buildspec of a project, with a cache around it. */
function cached(spec: object, options: CacheProjectOptions = OUTPUT): unknown {
  const stack = newStack();
  newCache({}, stack).cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({ version: '0.2', ...spec })), options);
  return JSON.parse(rendered(stack).Source.BuildSpec as string);
}

test('pulls before the commands and pushes after them, also if they fail', () => {
  expect(cached({ phases: { build: { commands: ['make'] } } })).toEqual({
    version: '0.2', phases: { pre_build: { commands: [PULL] }, build: { commands: ['make'], finally: [PUSH] } },
  });
});

test('leaves all else of a buildspec as it is', () => {
  const spec = {
    version: '0.2', 'run-as': 'root', env: { variables: { STAGE: 'prod' }, shell: 'bash' }, proxy: { logs: 'yes' },
    phases: {
      install: { 'runtime-versions': { nodejs: 22 }, commands: ['npm ci'] },
      pre_build: { 'on-failure': 'ABORT', commands: ['login'], finally: ['logout'] },
      build: { 'on-failure': 'CONTINUE', 'run-as': 'node', commands: ['echo "one"', 'make'], finally: ['rm -rf output'] },
      post_build: { commands: ['report'], finally: ['bye'] },
    },
    artifacts: { files: ['output/*/*'] }, cache: { paths: ['/root/.npm/**/*'] }, reports: { r: { files: ['x'] } },
  };
  expect(cached(spec)).toEqual({
    ...spec, phases: {
      ...spec.phases,
      pre_build: { ...spec.phases.pre_build, commands: [PULL, 'login'] },
      build: { ...spec.phases.build, finally: [PUSH, 'rm -rf output'] },
    },
  });
});

test('of a buildspec whose work is in post_build it pushes after that', () => {
  expect(cached({ phases: { pre_build: { commands: 'login' }, post_build: { commands: ['make'] } } })).toMatchObject({
    phases: { pre_build: { commands: [PULL, 'login'] }, post_build: { commands: ['make'], finally: [PUSH] } },
  });
});

test('of a buildspec without commands there is one that does nothing, for the phase needs one', () => {
  expect(cached({})).toMatchObject({ phases: { pre_build: { commands: [PULL] }, build: { commands: [':'], finally: [PUSH] } } });
});

test('paths are all in one command', () => {
  expect(cached({}, { paths: ['output', 'my dir/logs'] })).toMatchObject({
    phases: { pre_build: { commands: [expect.stringContaining('tasks pull --path \'output\' --path \'my dir/logs\') ||')] } },
  });
});

test('push: false only pulls, and may only', () => {
  const stack = newStack();
  const build = { commands: ['make'] };
  newCache({}, stack).cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({ phases: { build } })), { ...OUTPUT, push: false });
  expect(JSON.parse(rendered(stack).Source.BuildSpec as string)).toEqual({ phases: { pre_build: { commands: [PULL] }, build } });
  expect(variablesOf(stack).TASK_CACHE_MODE).toBe('remote:r');
  expect(granted(stack).map(({ Action }) => Action)).not.toContain('s3:PutObject');
});

test('strict fails the build if the cache does', () => {
  const push = '(cd "$CODEBUILD_SRC_DIR" && node "$CODEBUILD_SRC_DIR_cache_tiers/index.js" tasks push --path \'output\' --strict)';
  expect(cached({}, { ...OUTPUT, strict: true })).toMatchObject({ phases: { build: { finally: [push] } } });
});

describe('scope', () => {
  test('is main without one, with the names that the client reads, and no metrics in a build\'s log', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    cache.cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({})), OUTPUT);
    expect(variablesOf(stack)).toEqual({
      TASK_CACHE_BUCKET: { Ref: 'CacheBucket664BE8D7' }, TASK_CACHE_BUCKET_REGION: { Ref: 'AWS::Region' }, TASK_CACHE_SCOPE: 'main',
      TASK_CACHE_NAMESPACE: 'default', TASK_CACHE_SWITCHES: { Ref: 'CacheSwitches78CA4350' }, TASK_CACHE_MODE: 'remote:rw',
    });
    expect(cache.scope('main').node.path).toBe('Stack/Cache/Scope-main');
  });

  test('may be another, which the role may write to, and no other', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const scope = cache.scope('pull-request', { reads: [cache.scope('main')] });
    cache.cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({})), { ...OUTPUT, scope });
    expect(variablesOf(stack)).toMatchObject({ TASK_CACHE_SCOPE: 'pull-request', TASK_CACHE_READ_SCOPES: 'main' });
    const writes = granted(stack).filter(({ Action }) => [Action].flat().includes('s3:PutObject'));
    expect(writes.map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringContaining('/v1/pull-request/*')]);
  });

  test('of two projects with two scopes is nothing to warn of', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const project = (id: string) => new codebuild.Project(stack, id, { source: gitHub(), buildSpec: codebuild.BuildSpec.fromObject({}) });
    cache.cacheProject(project('Main'), OUTPUT);
    cache.cacheProject(project('PullRequest'), { ...OUTPUT, scope: cache.scope('pull-request', { reads: [cache.scope('main')] }) });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('tasks:'));
  });
});

describe('a webhook', () => {
  const { EventAction: { PUSH: PUSHED, PULL_REQUEST_CREATED, PULL_REQUEST_MERGED }, FilterGroup: { inEventOf } } = codebuild;
  const warningsOf = (props: Partial<codebuild.GitHubSourceProps>, options: (cache: TaskCache) => Partial<CacheProjectOptions> = () => ({})) => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const source = codebuild.Source.gitHub({ owner: 'example', repo: 'app', ...props });
    cache.cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({}), { source }), { ...OUTPUT, ...options(cache) });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('tasks:')).map(({ entry }) => entry.data as string);
  };

  test.each<[string, Partial<codebuild.GitHubSourceProps>]>([
    ['of everything', { webhook: true }],
    ['of pull requests', { webhook: true, webhookFilters: [inEventOf(PUSHED).andBranchIs('main'), inEventOf(PULL_REQUEST_CREATED)] }],
  ])('%s is warned of, for builds of main begin with what those leave', (_, props) => {
    expect(warningsOf(props)).toEqual(['project "Stack/Project" builds pull requests, by its webhook, and pushes to the scope "main": whoever opens '
      + 'one can change what later builds begin with. Build them by a project of their own, with a scope of their own, or set push to false '
      + '[ack: @cdk-cache-tiers/tasks:buildsPullRequests]']);
  });

  test('of a branch, or of what is merged, is none of theirs', () => {
    expect(warningsOf({ webhookFilters: [inEventOf(PUSHED).andBranchIs('main'), inEventOf(PULL_REQUEST_MERGED)] })).toEqual([]);
    expect(warningsOf({ webhook: false })).toEqual([]);
  });

  test('of pull requests is fine in a scope of their own, and without push', () => {
    expect(warningsOf({ webhook: true }, (cache) => ({ scope: cache.scope('pull-request', { reads: [cache.scope('main')] }) }))).toEqual([]);
    expect(warningsOf({ webhook: true }, () => ({ push: false }))).toEqual([]);
  });

  test('of pull requests makes a scope one of theirs: who else reads it is warned of', () => {
    const warnings = warningsOf({ webhook: true }, (cache) => {
      const scope = cache.scope('shared');
      scope.grantPull(newRole(cache.stack));
      return { scope };
    });
    const text = '"Stack/Role" reads the scope "shared", to which "Stack/Project/Role" pushes what pull requests make';
    expect(warnings).toEqual([expect.stringContaining(text)]);
  });
});

test('variables that the project has are kept, also against ours', () => {
  const stack = newStack();
  const environmentVariables = { STAGE: { value: 'prod' }, TASK_CACHE_NAMESPACE: { value: 'own' } };
  newCache({}, stack).cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({}), { environmentVariables }), OUTPUT);
  expect(variablesOf(stack)).toMatchObject({ STAGE: 'prod', TASK_CACHE_NAMESPACE: 'own', TASK_CACHE_SCOPE: 'main' });
  expect(rendered(stack).Environment.EnvironmentVariables!.filter(({ Name }) => Name === 'TASK_CACHE_NAMESPACE')).toHaveLength(1);
});

/** Keys in the bootstrap's bucket: of the program's own archive, and nothing else that is there. */
const assetsReadBy = (stack: Stack) =>
  [...JSON.stringify(statementsFor('s3', stack)).matchAll(/cdk-hnb659fds-assets-111111111111-eu-west-1\/([^"]+)"/g)].map(([, key]) => key);

describe('the program', () => {
  test('comes as a further source, beside those that are there', () => {
    const stack = newStack({ env: HERE });
    const own = codebuild.Source.s3({ identifier: 'own', bucket: s3.Bucket.fromBucketName(stack, 'Shared', 'shared'), path: 'p.zip' });
    newCache({}, stack).cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({}), { secondarySources: [own] }), OUTPUT);
    expect(rendered(stack).SecondarySources).toEqual([
      expect.objectContaining({ SourceIdentifier: 'own' }),
      expect.objectContaining({ SourceIdentifier: 'cache_tiers', Type: 'S3', Location: expect.stringMatching(/^cdk-.*\/\w{64}\.zip$/) as string }),
    ]);
    expect(assetsReadBy(stack)).toEqual([expect.stringMatching(/^\w{64}\.zip$/)]);
  });

  test.each<[string, (stack: Stack) => codebuild.Project]>([
    ['a pipeline', (stack) => new codebuild.PipelineProject(stack, 'Project', { buildSpec: codebuild.BuildSpec.fromObject({}) })],
    ['no source', (stack) => new codebuild.Project(stack, 'Project', { buildSpec: codebuild.BuildSpec.fromObject({}) })],
  ])('is fetched by a project of %s, which can have no further source', (_, projectOf) => {
    const stack = newStack({ env: HERE });
    newCache({}, stack).cacheProject(projectOf(stack), OUTPUT);
    expect(rendered(stack).SecondarySources).toBeUndefined();
    expect(variablesOf(stack).CACHE_TIERS_PROGRAM).toMatch(/^s3:\/\/cdk-hnb659fds-assets-111111111111-eu-west-1\/\w{64}\.zip$/);
    expect(JSON.parse(rendered(stack).Source.BuildSpec as string)).toEqual({
      phases: {
        pre_build: {
          commands: ['(cd "$CODEBUILD_SRC_DIR" && aws s3 cp --only-show-errors "$CACHE_TIERS_PROGRAM" ../cache-tiers-program.zip '
            + '&& unzip -qo ../cache-tiers-program.zip -d ../cache-tiers-program && node "../cache-tiers-program/index.js" tasks pull '
            + '--path \'output\') || echo "cache-tiers: pull failed, and the build goes on without it"'],
        },
        build: {
          commands: [':'],
          finally: ['(cd "$CODEBUILD_SRC_DIR" && node "../cache-tiers-program/index.js" tasks push --path \'output\') '
            + '|| echo "cache-tiers: push failed, and the build goes on without it"'],
        },
      },
    });
    expect(assetsReadBy(stack)).toEqual([expect.stringMatching(/^\w{64}\.zip$/)]);
  });
});

test('fails on a second cache for one project', () => {
  const stack = newStack();
  const project = newProject(stack, codebuild.BuildSpec.fromObject({}));
  newCache({}, stack).cacheProject(project, OUTPUT);
  expect(messageOf(() => newCache({}, stack, 'Other').cacheProject(project, OUTPUT)))
    .toBe('project "Stack/Project" is cached already: give all paths at once [Stack/Other]');
});

test('fails on Windows', () => {
  const stack = newStack();
  const environment = { buildImage: codebuild.WindowsBuildImage.WIN_SERVER_CORE_2022_BASE_3_0 };
  const project = newProject(stack, codebuild.BuildSpec.fromObject({}), { environment });
  expect(messageOf(() => newCache({}, stack).cacheProject(project, OUTPUT))).toBe('environment.buildImage is of the type '
    + '"WINDOWS_SERVER_2022_CONTAINER", and the commands are for a shell of Linux: use a LinuxBuildImage [Stack/Project]');
});

test.each<[string, string[], string]>([
  ['no paths', [], 'paths is []: name at least one, or leave it out'],
  ['an empty path', [''], 'paths[0] is "": use a folder such as "output", without quotes, and without a hyphen in front'],
  ['a path with a quote', ['it\'s'], 'paths[0] is "it\'s": use a folder such as "output", without quotes, and without a hyphen in front'],
  ['a path with a hyphen in front', ['a', '-b'], 'paths[1] is "-b": use a folder such as "output", without quotes, and without a hyphen in front'],
  ['a path twice', ['a', 'a'], 'paths has "a" twice: name it once'],
  ['two folders of one name', ['a/output/', 'output'], 'paths has two folders called "output", which is what they are known by: rename one'],
])('fails on %s', (_, paths, message) => {
  const stack = newStack();
  const project = newProject(stack, codebuild.BuildSpec.fromObject({}));
  expect(messageOf(() => newCache({}, stack).cacheProject(project, { paths }))).toBe(`${message} [Stack/Project]`);
});
