import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled, Processes } from '../../home/processes';
import { VaultWorld } from './worlds';

jest.setTimeout(120_000);

/** Two writers are killed in each. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 8);

let world: VaultWorld;
let program: string;
let processes: Processes;
let server: Server;
let url: string;
let asked: number;
let status: (question: number) => number;
let answerAfter: number;
let onQuestion: (() => void) | undefined;

beforeAll(() => { program = bundled(join(__dirname, 'child.ts')); });

beforeEach(async () => {
  world = new VaultWorld();
  processes = new Processes(program);
  asked = 0;
  status = () => 200;
  answerAfter = 300;
  onQuestion = undefined;
  server = createServer((_, response) => {
    const question = ++asked;
    onQuestion?.();
    setTimeout(() => { response.writeHead(status(question)).end(String(question)); }, answerAfter).unref();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  await processes.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  world.close();
});

const ask = () => processes.start(['session', world.path, url]);
const answer = async (child: ReturnType<typeof ask>) => (await child.output()).at(-1);

test('20 processes that ask for one session are one question to its source', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(ask())));
  expect(answers).toEqual(answers.map(() => 'AKIA1'));
  expect(asked).toBe(1);
  expect(world.everything()).not.toMatch(/very-secret|AKIA/);
});

test('where the source fails for the first, the next tries, and the others have what it got', async () => {
  status = (question) => question === 1 ? 500 : 200;
  const answers = await Promise.all(Array.from({ length: 8 }, () => answer(ask())));
  expect(answers.sort()).toEqual([...Array.from({ length: 7 }, () => 'AKIA2'), 'the source answered 500']);
  expect(asked).toBe(2);
});

test('where the one that asks is killed, the next asks', async () => {
  answerAfter = 60_000;
  const question = new Promise<void>((resolve) => { onQuestion = resolve; });
  const first = ask();
  await question;
  const others = Array.from({ length: 4 }, () => ask());
  await Promise.all(others.map((child) => child.says('ready')));
  answerAfter = 10;
  first.kill();
  expect(await Promise.all(others.map(answer))).toEqual(['AKIA2', 'AKIA2', 'AKIA2', 'AKIA2']);
});

test('writers that are killed at any moment: what they said they had written is there, and the vault is whole', async () => {
  const written = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const children = ['x', 'y'].map((name) => processes.start(['write', world.path, `${name}${round % 3}`]));
    await Promise.all(children.map((child) => child.says('ready')));
    for (const child of children) { await sleep(Math.random() * 20); child.kill(); }
    for (const line of (await Promise.all(children.map((child) => child.output()))).flat()) {
      const [name, number] = line.split(':');
      if (number !== undefined) written.set(name, Number(number));
    }
    const vault = world.vault();
    for (const name of written.keys()) expect((await vault.get(name))?.secret.toString()).toMatch(/^secret \d+$/);
    expect(vault.stats().damaged).toBe(0);
  }
  expect(written.size).toBeGreaterThan(ROUNDS / 3);
});

// The library is loaded as it is in a program, which it is not in a test: in a process of its own.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('without a keychain, a session is had all the same, and the passphrase is named as the way out', async () => {
  const tsx = new Processes('--import');
  const child = tsx.start(['tsx', join(__dirname, 'child.ts'), 'keychain', world.path, url], { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' });
  expect(await child.output()).toEqual([
    'ready', expect.stringMatching(/^E_VAULT_KEYCHAIN .*DBus.*set CACHE_TIERS_VAULT_PASSPHRASE/), 'AKIA1',
  ]);
  await tsx.close();
  expect(world.vault().status().state).toBe('absent');
});
