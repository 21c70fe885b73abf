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

test.each(['bash', 'zsh', 'fish'])('%s asks for them', async (shell) => {
  expect((await cli(['completion', shell])).stdout).toMatch(/kind=family|__cache_tiers_ask family/);
});
