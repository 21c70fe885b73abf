import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { CacheProjectOptions, TaskCache } from '../../../lib';
import { newStack } from '../stacks';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  for (const name of ['source', 'program', 'bin']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** In place of the command line: says where it is and what it was asked for, and ends as it is told. */
const PROGRAM = 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)])); process.exit(Number(process.env.EXIT ?? 0));';
const install = () => writeFileSync(join(folder, 'program/index.js'), PROGRAM);

const GIT_HUB = { source: codebuild.Source.gitHub({ owner: 'a', repo: 'b' }) };

function commandsOf(options: Partial<CacheProjectOptions> = {}, props: codebuild.ProjectProps = GIT_HUB) {
  const project = new codebuild.Project(newStack(), 'Project', { buildSpec: codebuild.BuildSpec.fromObject({}), ...props });
  return TaskCache.projectCommands(project, { paths: ['output', 'my dir'], ...options });
}

/** Runs commands as CodeBuild does: in one shell, in the source's folder, one after the other. */
function run(script: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout } = spawnSync('sh', ['-c', script], {
    cwd: join(folder, 'source'), encoding: 'utf8',
    env: { PATH: process.env.PATH, CODEBUILD_SRC_DIR: join(folder, 'source'), CODEBUILD_SRC_DIR_cache_tiers: join(folder, 'program'), ...env },
  });
  return { status, lines: stdout.trim().split('\n') };
}

const asked = (command: string, ...more: string[]) =>
  JSON.stringify([join(folder, 'source'), 'tasks', command, '--path', 'output', '--path', 'my dir', ...more]);

test('run the program in the source\'s folder, wherever the build has gone meanwhile, and leave the build where it is', () => {
  install();
  const { pull: [pull], push: [push] } = commandsOf();
  expect(run(`${pull}\ncd /\n${push}\npwd`)).toEqual({ status: 0, lines: [asked('pull'), asked('push'), '/'] });
});

test.each<[string, () => void]>([
  ['fails', install], ['is not there', () => {}],
])('a program that %s is a line in the log, and no failure', (_, prepare) => {
  prepare();
  const { status, lines } = run(commandsOf().push[0], { EXIT: '3' });
  expect([status, lines.at(-1)]).toEqual([0, 'cache-tiers: push failed, and the build goes on without it']);
});

test('with strict it is a failure', () => {
  install();
  const { pull: [pull] } = commandsOf({ strict: true });
  expect(run(pull)).toEqual({ status: 0, lines: [asked('pull', '--strict')] });
  expect(run(pull, { EXIT: '3' }).status).toBe(3);
});

describe('a project without a further source', () => {
  const script = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  const env = () => ({ PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter), CACHE_TIERS_PROGRAM: 's3://assets/program.zip' });

  test('fetches the program once, before it pulls', () => {
    for (const name of ['aws', 'unzip', 'node']) script(name, `echo ${name} "$@"`);
    const { pull: [pull], push: [push] } = commandsOf({}, {});
    expect(run(`${pull}\n${push}`, env()).lines).toEqual([
      'aws s3 cp --only-show-errors s3://assets/program.zip ../cache-tiers-program.zip',
      'unzip -qo ../cache-tiers-program.zip -d ../cache-tiers-program',
      'node ../cache-tiers-program/index.js tasks pull --path output --path my dir',
      'node ../cache-tiers-program/index.js tasks push --path output --path my dir',
    ]);
  });

  test('goes on if it cannot be fetched', () => {
    script('aws', 'exit 1');
    for (const name of ['unzip', 'node']) script(name, `echo ${name} "$@"`);
    expect(run(commandsOf({}, {}).pull[0], env())).toEqual({
      status: 0, lines: ['cache-tiers: pull failed, and the build goes on without it'],
    });
  });
});
