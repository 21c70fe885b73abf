import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { restoreTree } from '../../../../runtime/tasks/files/restore';
import { randomNumbers } from '../../home/fuzz';
import { bundled, Processes } from '../../home/processes';
import { killedText } from './restore-child-tree';
import { memoryContents, seen, stored, temporary } from './trees';

let base: string;
let processes: Processes;
beforeAll(() => { processes = new Processes(bundled(join(__dirname, 'restore-child.ts'))); });
beforeEach(() => { base = temporary(); });
afterEach(async () => {
  await processes.close();
  rmSync(base, { recursive: true, force: true });
});

test('killed at any instant, each file is whole: the one or the other; what was left goes with the next restore', async () => {
  const root = join(base, 'output');
  const random = randomNumbers(5);
  let whole = 0;
  let leftOvers = 0;
  for (let round = 0; round < 24; round++) {
    if (round % 3 === 0) rmSync(root, { recursive: true, force: true });
    const running = processes.start([root, String(round), String(1 + random(5000))]);
    expect(await running.exit).toBeNull();
    leftOvers += readdirSync(base).filter((name) => name.startsWith('.cache-tiers-tmp-')).length;
    if (!existsSync(root)) continue;
    const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(names).toHaveLength(150); // a new folder has all of them, or is not there
    for (const { name, parentPath } of names) {
      const text = readFileSync(join(parentPath, name), 'utf8');
      expect([0, 1].some((which) => text === killedText(Number(name), which))).toBe(true);
      whole++;
    }
  }
  expect(whole).toBeGreaterThan(0);
  expect(leftOvers).toBeGreaterThan(0);
  await restoreTree(root, [await stored(memoryContents().contents, (add) => [add('last')])]);
  expect(readdirSync(base)).toEqual(['output']);
}, 240_000);

test('temporary folders of processes that run, and young ones of other hosts, are not removed', async () => {
  const [other, young, old] = ['f'.repeat(12), '1'.repeat(12), '2'.repeat(12)];
  const names = [`.cache-tiers-tmp-${other}-1-${young}`, `.cache-tiers-tmp-${other}-1-${old}`, '.cache-tiers-tmp-else'];
  for (const name of names) mkdirSync(join(base, name, 'inner'), { recursive: true });
  for (const name of names.slice(1)) utimesSync(join(base, name), 1, 1);
  await restoreTree(join(base, 'output'), [await stored(memoryContents().contents, (add) => [add('a')])]);
  expect(readdirSync(base).sort()).toEqual([names[2], names[0], 'output']);
  expect(seen(join(base, 'output'))).toEqual({ a: '644 a' });
});
