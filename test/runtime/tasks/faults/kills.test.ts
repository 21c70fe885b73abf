import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultWorld, type FaultComputer } from '../../../support/tasks/fault-world';
import { TOP_VALUE } from '../../../support/tasks/workflow';
import { bundled, Processes, type Running } from '../../home/processes';

type When = 'before' | 'after';

let world: FaultWorld;
let processes: Processes;
beforeAll(async () => {
  world = await FaultWorld.start();
  processes = new Processes(bundled(join(__dirname, '../../../support/tasks/child.ts')));
});
afterEach(() => processes.close());
afterAll(() => world.close());

/** Kills a process at its n-th request: before the server carries it out, or after that and before it answers. @returns whether it came to that */
async function killedAt(n: number, when: When, start: () => Running): Promise<{ readonly killed: boolean; readonly lines: readonly string[] }> {
  let requests = 0;
  world.server.intercept((_, response) => {
    if (++requests < n) return false;
    if (requests > n) return true; // what was on its way at the same time is lost, too
    if (when === 'before') {
      running.kill();
      return true;
    }
    response.writeHead = () => {
      running.kill();
      throw new Error('nobody is there any more');
    };
    return false;
  });
  const running = start();
  const lines = await running.output();
  world.server.intercept(undefined);
  const exit = await running.exit;
  expect(exit === null || exit === 0).toBe(true);
  return { killed: exit === null, lines };
}

/** @returns at how many requests it was killed */
async function atEachRequest(
  when: When, start: () => Running, check: (lines: readonly string[]) => Promise<void>, restore: () => void,
): Promise<number> {
  for (let n = 1; ; n++) {
    restore();
    const { killed, lines } = await killedAt(n, when, start);
    if (!killed) return n - 1;
    await world.expectWhole();
    await check(lines);
  }
}

const BEFORE = { 'a.txt': 'first a\n'.repeat(50), 'sub/b.txt': 'first b', 'gone.txt': 'first' };
const LARGE = 'large '.repeat(60_000);
const AFTER = { 'a.txt': 'second a\n'.repeat(60), 'sub/b.txt': 'first b', 'sub/new.bin': LARGE };

function edit(computer: FaultComputer): void {
  computer.write(AFTER);
  computer.remove('gone.txt');
}

async function pulled(): Promise<Record<string, string>> {
  const other = world.computer();
  const report = await other.folder((cache) => cache.pull());
  expect(report).toMatchObject({ outcome: 'restored', damaged: [], refused: [] });
  return other.files();
}

describe.each<When>(['before', 'after'])('killed at each request, %s it is carried out', (when) => {
  test('a push: others have the one folder or the other; pushed again, they have the new one', async () => {
    world.reset();
    const computer = world.computer();
    computer.write(BEFORE);
    await computer.folder((cache) => cache.push());
    const restoreBucket = world.snapshot();
    edit(computer);
    const restoreComputer = computer.snapshot();
    const seen = new Set<string>();
    const kills = await atEachRequest(when, () => processes.start(['push', computer.output], computer.env), async () => {
      const files = await pulled();
      expect([BEFORE, AFTER]).toContainEqual(files);
      seen.add(files['a.txt']!);
      expect(await computer.folder((cache) => cache.push())).toMatchObject({ refused: [], conflicts: [] });
      expect(await pulled()).toEqual(AFTER);
      expect(await computer.folder((cache) => cache.push())).toMatchObject({ outcome: 'unchanged' });
      expect(computer.files()).toEqual(AFTER);
    }, () => {
      restoreBucket();
      restoreComputer();
    });
    expect(kills).toBeGreaterThanOrEqual(4); // the manifest, what was stored, the tree, the manifest again
    expect(seen.size).toBe(when === 'after' ? 2 : 1);
  }, 120_000);

  test('a pull: no file is torn; pulled again, the folder is what was pushed', async () => {
    world.reset();
    const [computer, other] = [world.computer(), world.computer()];
    other.write(BEFORE);
    await other.folder((cache) => cache.push());
    await computer.folder((cache) => cache.pull());
    edit(other);
    await other.folder((cache) => cache.push());
    const restoreBucket = world.snapshot();
    const restoreComputer = computer.snapshot();
    const kills = await atEachRequest(when, () => processes.start(['pull', computer.output], computer.env), async () => {
      for (const [path, text] of Object.entries(computer.files())) {
        expect([BEFORE, AFTER].map((files) => (files as Record<string, string>)[path])).toContain(text);
      }
      await computer.folder((cache) => cache.pull());
      expect(computer.files()).toEqual(AFTER);
      expect(readdirSync(computer.home).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(await computer.folder((cache) => cache.pull())).toMatchObject({ outcome: 'unchanged' });
      expect(await computer.folder((cache) => cache.push())).toMatchObject({ outcome: 'unchanged' });
    }, () => {
      restoreBucket();
      restoreComputer();
    });
    expect(kills).toBeGreaterThanOrEqual(4); // the manifest, the tree, a pack, a chunk
  }, 120_000);

  test('a run: what was finished is reused by others, and the rest is run', async () => {
    const reused: number[] = [];
    let computer!: FaultComputer;
    const kills = await atEachRequest(when, () => processes.start(['run', computer.temporary], computer.env), async (lines) => {
      const finished = lines.filter((line) => line.startsWith('kept remote ')).map((line) => line.slice('kept remote '.length));
      const local = lines.filter((line) => line.startsWith('kept local ')).map((line) => line.slice('kept local '.length));
      for (const [where, known] of [[world.computer(), finished], [computer, [...finished, ...local]]] as const) {
        const run = await where.run();
        run.throwIfFailed();
        expect(run.outcomes.at(-1)!.id).toMatch(/^Top_/);
        expect(run.summary.counters).toMatchObject({ storeErrors: 0, rejected: 0 });
        const statuses = new Map(run.outcomes.map(({ id, status }) => [id, status]));
        for (const id of known) expect([id, statuses.get(id)]).toEqual([id, 'reused']);
        if (where !== computer) reused.push(run.summary.counts.reused);
      }
      const last = await computer.run({}, {
        look: (run, { top }) => {
          expect(run.resultOf(top).value).toEqual(TOP_VALUE);
          return Promise.resolve();
        },
      });
      expect(last.summary.counts).toMatchObject({ reused: 5 });
      await world.expectWhole();
    }, () => {
      world.reset();
      computer = world.computer();
    });
    expect(kills).toBeGreaterThanOrEqual(10);
    expect(Math.max(...reused)).toBeGreaterThanOrEqual(4);
  }, 120_000);
});
