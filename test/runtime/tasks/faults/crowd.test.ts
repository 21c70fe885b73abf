import { join } from 'node:path';
import { FaultWorld, type FaultComputer } from '../../../support/tasks/fault-world';
import { TOP_VALUE } from '../../../support/tasks/workflow';
import { randomNumbers } from '../../home/fuzz';
import { bundled, Processes, type Running } from '../../home/processes';

const SEED = Number(process.env.CROWD_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = 5;
/** About as many requests as all four make together. */
const REQUESTS = 60;

let world: FaultWorld;
let processes: Processes;
beforeAll(async () => {
  world = await FaultWorld.start();
  processes = new Processes(bundled(join(__dirname, '../../../support/tasks/child.ts')));
});
afterEach(() => processes.close());
afterAll(() => world.close());

/** Starts some processes at once, and kills each at an instant of its own: once the server was asked so many times. */
async function killed(starts: readonly (() => Running)[], random: (end: number) => number): Promise<{ lines: string[][]; kills: number }> {
  const instants = starts.map(() => 1 + random(REQUESTS));
  const running = starts.map((start) => start());
  let requests = 0;
  world.server.intercept(() => {
    requests++;
    instants.forEach((instant, i) => { if (instant === requests) running[i]!.kill(); });
    return false;
  });
  const lines = await Promise.all(running.map((each) => each.output()));
  world.server.intercept(undefined);
  const exits = await Promise.all(running.map(({ exit }) => exit));
  return { lines, kills: exits.filter((exit) => exit === null).length };
}

test(`two pushers and two runners at once, killed at any instant and started again: all have what they made (seed ${SEED})`, async () => {
  const random = randomNumbers(SEED);
  const computers = Array.from({ length: 4 }, () => world.computer());
  const pushers = computers.slice(0, 2);
  const runners = computers.slice(2);
  const expected: Record<string, string> = {};
  let kills = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const name = `round-${round}`;
    pushers.forEach((pusher, who) => {
      const files = { [`by-${who}/${round}.txt`]: `${who} ${round} `.repeat(1 + random(5000)), [`by-${who}/last.txt`]: `${who} ${round}` };
      pusher.write(files);
      Object.assign(expected, files);
    });
    const start = (computer: FaultComputer) => pushers.includes(computer)
      ? processes.start(['push', computer.output], computer.env)
      : processes.start(['run', computer.temporary, name], computer.env);
    const first = await killed(computers.map((computer) => () => start(computer)), random);
    kills += first.kills;
    await world.expectWhole();
    const again = computers.map(start);
    for (const each of again) expect(await each.exit).toBe(0);
    await world.expectWhole();

    const other = world.computer();
    await other.folder((cache) => cache.pull());
    expect(other.files()).toEqual(Object.fromEntries(Object.entries(expected).sort(([a], [b]) => a < b ? -1 : 1)));
    const finished = first.lines.flat().filter((line) => line.startsWith('kept remote ')).map((line) => line.split(' ')[2]!);
    for (const computer of [other, ...runners]) {
      const run = await computer.run({}, {
        name, look: (done, { top }) => { expect(done.resultOf(top).value).toEqual(TOP_VALUE); return Promise.resolve(); },
      });
      expect(run.summary.counts).toMatchObject({ reused: 5 });
    }
    for (const each of again.slice(2)) {
      const { outcomes } = JSON.parse(each.lines.at(-1)!) as { outcomes: { id: string; status: string }[] };
      for (const { id, status } of outcomes) if (finished.includes(id)) expect([id, status]).toEqual([id, 'reused']);
    }
  }
  expect(kills).toBeGreaterThan(ROUNDS); // or it would have proved little
}, 120_000);
