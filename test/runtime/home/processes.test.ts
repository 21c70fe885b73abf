import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileLease } from '../../../runtime/home/file-lease';
import { VersionedFile } from '../../../runtime/home/versioned-file';
import { bundled, Processes } from './processes';

jest.setTimeout(180_000);

/** Two writers are killed in each. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 12);

let folder: string;
let processes: Processes;
let program: string;
beforeAll(() => { program = bundled(join(__dirname, 'child.ts')); });
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'home-')); processes = new Processes(program); });
afterEach(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true });
});

const counted = () => Number(new VersionedFile(folder, 'counter').read()?.bytes.toString().split(' ')[0] ?? 0);

test('20 processes that count lose nothing and count nothing twice', async () => {
  const children = Array.from({ length: 20 }, () => processes.start(['count', folder, '50']));
  const said = (await Promise.all(children.map((child) => child.output()))).flat().filter((line) => line !== 'ready').map(Number);
  expect(counted()).toBe(1000);
  expect(said.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(readdirSync(folder).sort()).toEqual(['counter.1000', 'counter.997', 'counter.998', 'counter.999']);
});

test('writers that are killed at any moment lose nothing that was written, and leave nothing that stands in the way', async () => {
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const children = Array.from({ length: 2 }, () => processes.start(['count', folder, '100000']));
    await Promise.all(children.map((child) => child.says('ready')));
    for (const child of children) { await sleep(Math.random() * 10); child.kill(); }
    const said = (await Promise.all(children.map((child) => child.output()))).flat().filter((line) => line !== 'ready').map(Number);
    expect(new Set(said).size).toBe(said.length);
    acknowledged += said.length;
    const file = new VersionedFile(folder, 'counter');
    expect(file.isDamaged()).toBe(false);
    expect(counted()).toBeGreaterThanOrEqual(Math.max(0, ...said));
    expect(counted()).toBeGreaterThanOrEqual(acknowledged);
    const before = file.read();
    expect(file.replace(before?.generation ?? 0, `${counted() + 1}`)).toBe(true);
    acknowledged++;
  }
  expect(counted() - acknowledged).toBeLessThanOrEqual(2 * ROUNDS); // at most one of each that was killed, which wrote and could not say so
  // Temporary files of the killed go when they are old; the next write removes them.
  const later = new VersionedFile(folder, 'counter', { now: () => Date.now() + 3_600_000 });
  later.replace(later.read()!.generation, 'end');
  expect(readdirSync(folder)).toHaveLength(4);
});

test('of 10 processes one at a time holds a lease', async () => {
  const children = Array.from({ length: 10 }, () => processes.start(['lease', folder, '10']));
  expect(await Promise.all(children.map((child) => child.exit))).toEqual(children.map(() => 0));
  expect(counted()).toBe(100);
});

test('the lease of a process that was killed is free at once', async () => {
  const child = processes.start(['hold', folder]);
  await child.says('held');
  const lease = new FileLease(folder, 'lease');
  expect(lease.tryAcquire()).toBeUndefined();
  child.kill();
  await child.exit;
  expect(lease.tryAcquire()).toBeInstanceOf(Function);
});
