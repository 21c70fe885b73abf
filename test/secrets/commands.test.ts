import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { createMemoizer } from '../../runtime/memoize';
import { createProgram } from '../../cli/program';
import type { Io } from '../../cli/context';
import { startConfigWorld } from '../cli/config/world';
import { MASTER, NEXT, PASSWORD, startWorld as startLiveWorld } from '../cli/live/world';
import { startWorld as startTasksWorld, SWITCHES } from '../cli/tasks/world';
import { cli, type RunOptions } from '../cli/terminal';
import { startDynamoDb, TEST_CREDENTIALS } from '../support/dynamodb-server';
import { Marks } from './marks';
import { Sent } from './sent';

/** Every command, with everything that is secret where people have it, and a look at all that is left of it. */
jest.setTimeout(240_000);

const SECRETS = {
  secretAccessKey: TEST_CREDENTIALS.secretAccessKey,
  sessionToken: 'marked-session-token-5f1e',
  passphrase: 'marked passphrase of the vault',
  parameter: 'marked-value-of-a-SecureString',
  formerParameter: 'marked-former-SecureString',
  masterKey: MASTER,
  nextMasterKey: NEXT,
  indexPassword: PASSWORD,
  query: 'SELECT marked_query FROM sales',
  environment: 'marked-token-of-a-build',
};

let folder: string;
let marks: Marks;
const ran = new Set<string>();
let sent: Sent;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  marks = new Marks(SECRETS);
  sent = new Sent().start();
});
afterEach(() => {
  sent.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command as it is, then with `--debug --json`, and remembers what it printed. */
async function each(tier: string, lines: readonly (readonly string[])[], env: RunOptions['env'], options: RunOptions = {}): Promise<void> {
  for (const line of lines) {
    for (const more of [[], ['--json', '--debug']]) {
      const separator = line.indexOf('--');
      const args = separator < 0 ? [tier, ...line, ...more] : [tier, ...line.slice(0, separator), ...more, ...line.slice(separator)];
      const { stdout, stderr } = await cli(args, { ...options, env });
      const name = `${tier} ${line[0]}`;
      ran.add(name);
      marks.see(`output of ${name}${line.includes('--values') ? ' --values' : ''}`, stdout);
      marks.see(`messages of ${name}`, stderr);
    }
  }
}

function sentTo(): void {
  expect(sent.toString()).toMatch(/^(GET|POST) http:/m);
  marks.see('URLs', sent.toString());
}

test('config and vault: values of SecureStrings are printed by what is asked for them, and nothing else shows a secret', async () => {
  const world = await startConfigWorld();
  try {
    const program = join(folder, 'keys.js');
    writeFileSync(program, `console.log(JSON.stringify({ Version: 1, AccessKeyId: '${TEST_CREDENTIALS.accessKeyId}',
      SecretAccessKey: '${SECRETS.secretAccessKey}', SessionToken: '${SECRETS.sessionToken}',
      Expiration: new Date(Date.now() + 3600e3).toISOString() }));`);
    const file = join(folder, 'aws-config');
    writeFileSync(file, `[profile work]\nregion = us-east-1\ncredential_process = "${process.execPath}" "${program}"\n`);
    process.env.AWS_CONFIG_FILE = file; // the SDK's chain reads the process's own
    const env = {
      ...world.env, AWS_SESSION_TOKEN: SECRETS.sessionToken, AWS_CONFIG_FILE: file, CACHE_TIERS_VAULT_PASSPHRASE: SECRETS.passphrase,
    };
    const profile = { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: 'work' };
    await world.put('/app/plain', 'nothing to hide');
    await world.put('/app/secret', SECRETS.formerParameter, { Type: 'SecureString' });
    const former = `${new Date(world.time).toISOString().slice(0, 19)}Z`;
    await world.put('/app/secret', SECRETS.parameter, { Type: 'SecureString' });
    await world.put('/shared/secret', SECRETS.parameter, { Type: 'SecureString' });
    const value = join(folder, 'value');
    writeFileSync(value, SECRETS.formerParameter);
    const plan = join(folder, 'plan.json');

    await each('config', [
      ['sync'], ['sync', '--full'], ['sync', '--reconcile'], ['list', '--long'], ['list', '--fuzzy', 'secret'],
      ['get', '/app/secret'], ['get', '/app/secret', '--no-decrypt'], ['get', '/app/missing'],
      ['put', '/app/other', '--file', value, '--secure', '--yes'], ['put', '/app/secret', '--file', value, '--type', 'String', '--yes'],
      ['put', '/app/secret', '--file', value, '--allowed-pattern', '^[0-9]+$', '--yes'],
      ['history', '/app/secret'], ['history', '/app/secret', '--values'], ['audit', '--prefix', '/app'], ['audit', '--prefix', '/app', '--values'],
      ['share', '/shared/secret', '/app/copied', '--yes'], ['share', '--list'], ['share', '--remove', '--destination', '/app/copied', '--yes'],
      ['promote', '/app', '/shared', '--secrets', '--dry-run'], ['promote', '/app', '/shared', '--secrets', '--yes'],
      ['replay', '--prefix', '/app'], ['replay', '--prefix', '/app', '--values'], ['replay', '--rebuild-cache', '--yes'],
      ['restore', '--prefix', '/app', '--time', former, '--dry-run'], ['restore', '--prefix', '/app', '--time', former, '--plan', plan],
      ['restore', '--apply', plan, '--yes'], ['restore', '/app/secret', '--version', '1', '--yes'],
      ['browse'], ['metrics'], ['metrics', 'preview'], ['delete', '/app/other', '--yes'],
    ], env); // without the vault, whose key takes a second a command
    await world.settle();
    await each('config', [['get', '/app/secret']], profile); // now the vault has a session, whose file is looked at
    await each('vault', [['status'], ['clear', 'profile:other', '--yes']], profile);
    await each('completion', [['bash'], ['zsh'], ['fish']], env);
    const wrong = { ...env, AWS_ENDPOINT_URL_SSM: `${world.store.endpoint}/not-there` };
    await each('config', [['get', '/app/secret'], ['put', '/app/secret', '--file', value, '--yes']], wrong);

    marks.seeFolder('home', world.home);
    expect(readdirSync(world.home, { recursive: true })).toEqual(expect.arrayContaining([expect.stringMatching(/vault/)]));
    for (const table of Object.values(world.tables)) {
      const { Items = [] } = await world.dynamoDb.client.send(new ScanCommand({ TableName: table }));
      expect({ table, filled: table === 'rules' || Items.length > 0 }).toEqual({ table, filled: true });
      marks.seeItems(`table ${table}`, Items);
    }
    sentTo();
    const asked = /^output of config (get|history --values)$/;
    expect(marks.found({ parameter: asked, formerParameter: asked })).toEqual([]);
    expect(marks.found()).toEqual(expect.arrayContaining(['output of config get: parameter, as text'])); // it does look
  } finally {
    delete process.env.AWS_CONFIG_FILE;
    await world.close();
  }
});

test('memo: no key of whoever asks is shown or stored', async () => {
  const server = await startDynamoDb();
  try {
    const memoizer = createMemoizer({ table: server.tableName, ...server.clientConfig, budget: '5s' });
    const getProduct = memoizer(async function getProduct(id: string) { return { id }; });
    await getProduct('p-1');
    await memoizer.settled();
    memoizer.close();
    const env = {
      ...server.environment, CACHE_TABLE: server.tableName, AWS_SESSION_TOKEN: SECRETS.sessionToken, CACHE_TIERS_HOME: folder, HOME: folder,
    };
    const call = ['getProduct', '--args', '["p-1"]'];
    const lines = [['stats', '--scan'], ['peek', ...call], ['delete', ...call, '--yes'], ['flush', '--yes'], ['peek', 'nothing', '--args', '[]']];
    await each('memo', lines, env);
    await each('memo', [['stats']], { ...env, CACHE_TABLE: 'not-there' });
    const { Items = [] } = await server.client.send(new ScanCommand({ TableName: server.tableName }));
    expect(Items.length).toBeGreaterThan(0);
    marks.seeItems('table', Items);
    marks.seeFolder('home', folder);
    sentTo();
    expect(marks.found()).toEqual([]);
  } finally {
    await server.close();
  }
});

test('live: neither keys nor passwords nor what was asked are shown, nor in the index, nor in names of objects', async () => {
  const world = await startLiveWorld();
  try {
    const query = { scope: SECRETS.query, key: SECRETS.query, tags: ['orders'] };
    await world.writer.store(query, [300_000]);
    const ls = await world.live(['ls', '--json']);
    const [{ id }] = ls.json<{ results: { id: string }[] }>().results;
    const lines = [
      ['status'], ['ls'], ['ls', '--scope', 'acme'], ['inspect', id], ['invalidate', '--tag', 'orders'], ['invalidate', '--all', '--yes'],
      ['purge', '--all', '--dry-run'], ['rotate-key', '--yes'],
    ];
    world.rotateOnRequest();
    await each('live', lines, world.env);
    world.secrets.before = undefined;
    await each('live', [['status']], { ...world.env, LIVE_KEY_SECRET: `${world.env.LIVE_KEY_SECRET}-not-there` });
    await each('live', [['status'], ['ls']], { ...world.env, LIVE_INDEX_URL: `redis://:${SECRETS.indexPassword}@127.0.0.1:1` });
    for (const key of await world.redis.command('KEYS', '*') as string[]) {
      marks.see('index, key', key);
      marks.see('index, value', String(await world.redis.command('DUMP', key).catch(() => world.redis.command('HGETALL', key))));
    }
    for (const key of world.s3.objects().keys()) marks.see('bucket, name', key);
    await each('live', [['purge', '--all', '--yes']], world.env);
    marks.seeFolder('home', world.env.HOME);
    sentTo();
    expect(marks.found()).toEqual([]);
  } finally {
    await world.close();
  }
});

test('tasks: variables of a build and keys are neither shown nor kept', async () => {
  const world = await startTasksWorld();
  try {
    const computer = world.computer({
      BUILD_TOKEN: SECRETS.environment, AWS_SESSION_TOKEN: SECRETS.sessionToken, TASK_CACHE_SWITCHES: SWITCHES,
    });
    computer.write({ 'Report/a.json': '{}' });
    const folders = ['--path', computer.output];
    await each('tasks', [
      ['push', ...folders], ['plan', ...folders], ['pull', ...folders], ['run', ...folders, '--', 'sh', '-c', 'test -n "$BUILD_TOKEN"'],
      ['run', ...folders, '--', 'sh', '-c', 'exit 3'], ['status'], ['explain', 'output'], ['epoch', 'release'], ['invalidate', 'Report', '--yes'],
      ['disable', 'Delete*', '--yes'], ['enable', 'Delete*', '--yes'], ['gc'], ['verify'], ['clear', '--yes'],
    ], computer.env);
    await each('tasks', [['status']], { ...computer.env, TASK_CACHE_BUCKET: 'not-there' });
    for (const [key, { body }] of world.s3.objects()) {
      marks.see('bucket, name', key);
      marks.see(`bucket, ${key}`, body);
    }
    marks.seeFolder('computer', computer.env.HOME);
    sentTo();
    expect(marks.found()).toEqual([]);
  } finally {
    await world.close();
  }
});

test('no command was left out', () => {
  const output = new PassThrough();
  const io: Io = { stdin: output, stdout: output, stderr: output, env: {}, signal: new AbortController().signal };
  const commands = createProgram(io, () => {}).commands
    .flatMap((tier) => tier.commands.length === 0 ? [tier.name()] : tier.commands.map((command) => `${tier.name()} ${command.name()}`));
  expect(commands.length).toBeGreaterThan(30);
  expect(commands.filter((command) => ![...ran].some((line) => line === command || line.startsWith(`${command} `)))).toEqual([]);
});
