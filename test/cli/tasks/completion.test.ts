import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../../cli/completion/answer';
import { cli } from '../terminal';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  for (const name of ['output/ProvisionStackTask', 'output/DeletePortfolio', 'other', 'out`id`']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'output.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('paths of tasks are folders here, not those of parameters', async () => {
  const paths = (typed: string) => answer('path', ['tasks', 'pull', '--path', typed], { CACHE_TIERS_HOME: folder });
  expect(await paths(`${folder}/out`)).toEqual([`${folder}/output/`]);
  expect(await paths(`${folder}/output/`)).toEqual([`${folder}/output/DeletePortfolio/`, `${folder}/output/ProvisionStackTask/`]);
  expect(await paths(`${folder}/none/`)).toEqual([]);
});

test('families are the folders in the folder that is kept', async () => {
  const families = (typed: string) => answer('family', ['tasks', 'disable', '--path', join(folder, 'output'), typed], {});
  expect(await families('')).toEqual(['DeletePortfolio', 'ProvisionStackTask']);
  expect(await families('Del')).toEqual(['DeletePortfolio']);
});

test('scopes are those of the environment and of the local cache', async () => {
  mkdirSync(join(folder, 'cache/v1/pull-request'), { recursive: true });
  const env = { TASK_CACHE_SCOPE: 'nightly', TASK_CACHE_READ_SCOPES: 'main, release', TASK_CACHE_FOLDER: join(folder, 'cache') };
  expect(await answer('scope', ['tasks', 'run', '--scope', ''], env)).toEqual(['main', 'nightly', 'pull-request', 'release']);
  expect(await answer('scope', ['tasks', '--folder', join(folder, 'cache'), '--scope=p'], {})).toEqual(['pull-request']);
  expect(await answer('scope', ['tasks', '--folder', join(folder, 'none'), '--scope', ''], {})).toEqual(['main']);
  expect(await answer('scope', ['live', 'purge', '--scope', ''], env)).toEqual([]); // those are something else
});

test.each(['bash', 'zsh', 'fish'])('%s asks for them', async (shell) => {
  const { stdout } = await cli(['completion', shell]);
  expect(stdout).toMatch(/kind=family|__cache_tiers_ask family/);
  expect(stdout).toMatch(/value=scope|__cache_tiers_ask scope/);
});

test('an option of all commands that tasks has too is described as that of tasks', async () => {
  const { stdout } = await cli(['completion', 'zsh']);
  const [, options] = /' tasks pull'\)\n.*\n(.*)\n/.exec(stdout)!;
  expect(options).toContain("'--endpoint:S3-compatible service that has the bucket");
  expect(options).not.toContain('endpoint of DynamoDB');
});
