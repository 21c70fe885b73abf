import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from 'cdk-cache-tiers/testing';
import { buildAssets } from '../../examples/live-query/test/assets';
import { MASTER, PASSWORD, startWorld as startLiveWorld } from '../cli/live/world';
import { isolated } from '../lambda-src/isolated';
import { startDynamoDb, TEST_CREDENTIALS } from '../support/dynamodb-server';
import { startParameterStore } from '../support/parameter-store';
import { startS3 } from '../support/s3-server';
import { Marks } from './marks';
import { Sent } from './sent';

/** Every example, synthesized and run with secrets in its environment and in what it reads. */
jest.setTimeout(180_000);

const ROOT = join(__dirname, '../..');
/** Names of the package are its sources. */
const TSX_TSCONFIG_PATH = join(ROOT, 'demo/tsconfig.json');
const EXAMPLES = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'examples', entry.name, 'cdk.json'))).map(({ name }) => name);

const SECRETS = {
  secretAccessKey: TEST_CREDENTIALS.secretAccessKey,
  sessionToken: 'marked-session-token-5f1e',
  parameter: 'marked-password-of-a-database',
  masterKey: MASTER,
  indexPassword: PASSWORD,
  header: 'marked-authorization-header',
};
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey, AWS_SESSION_TOKEN: SECRETS.sessionToken,
};

let folder: string;
let marks: Marks;
let environment: NodeJS.ProcessEnv;
let sent: Sent;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-examples-'));
  marks = new Marks(SECRETS);
  environment = process.env;
  sent = new Sent().start();
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => { marks.see('output', String(text)); return true; });
  }
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...texts) => marks.see('output', texts.map((text) => String(text)).join(' ')));
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  sent.stop();
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
});

/** An example's module as Lambda starts it: with its environment, and nothing in memory. */
function load<T extends object>(file: string, env: NodeJS.ProcessEnv): T {
  process.env = { ...environment, ...env };
  return isolated(() => jest.requireActual<T>(join(ROOT, 'examples', file)));
}

function nothingFound(): void {
  marks.see('URLs', sent.toString());
  expect(marks.places).toBeGreaterThan(1);
  expect(marks.found()).toEqual([]);
}

/** Everything that an example does beside its stack. Each leaves what it made in `marks`. */
const RUNS: Readonly<Record<string, () => Promise<void>>> = {
  async 'memo-api'() {
    const [server, s3] = await Promise.all([startDynamoDb(), startS3()]);
    try {
      const { handler } = load<typeof import('../../examples/memo-api/get-product')>('memo-api/get-product', {
        ...server.environment, ...s3.environment, ...CREDENTIALS,
        CACHE_BUCKET: s3.bucket, CACHE_METRICS: 'emf', CATALOGUE_DELAY: '1', TABLE_BUDGET: '5000',
      });
      for (const routeKey of ['GET /p/{id}', 'GET /p/{id}', 'GET /p/{id}/picture']) {
        marks.see('answer', JSON.stringify(await handler({ routeKey, pathParameters: { id: 'p1' } })));
      }
      const { Items = [] } = await server.client.send(new ScanCommand({ TableName: server.tableName }));
      expect(Items.length).toBeGreaterThan(0);
      marks.seeItems('table', Items);
    } finally {
      await Promise.all([server.close(), s3.close()]);
    }
  },

  async 'config-footprint'() {
    await withSettings({ '/app/shop/db/url': `postgres://shop:${SECRETS.parameter}@db.example.internal/shop` }, async (env) => {
      const { handler } = load<typeof import('../../examples/config-footprint/get-settings')>('config-footprint/get-settings', env);
      const settings = await handler();
      expect(settings.database).toBe('db.example.internal');
      marks.see('answer', JSON.stringify(settings));
    });
  },

  async 'live-query'() {
    const [world, s3, assets] = [await startLiveWorld(), await startS3({ tls: true }), buildAssets()];
    const authority = join(folder, 'authority.pem');
    writeFileSync(authority, s3.ca!);
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'examples/live-query/server.ts')], {
      env: {
        ...environment, ...world.env, ...CREDENTIALS, LIVE_METRICS: 'emf', LIVE_BUCKET: s3.bucket, LIVE_S3_ENDPOINT: s3.endpoint,
        ROWS: '20000', PORT: '0', ASSETS: assets.folder, NODE_EXTRA_CA_CERTS: authority, AWS_CA_BUNDLE: authority, TSX_TSCONFIG_PATH,
      },
    });
    const ended = once(child, 'exit');
    try {
      const url = await new Promise<string>((listening, failed) => {
        void ended.then(() => failed(new Error('the server has ended')));
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (text: Buffer) => {
            marks.see('output', text);
            const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text.toString()) ?? [];
            if (found !== undefined) listening(found);
          });
        }
      });
      const ask = async (sql: string) => {
        const headers = { 'x-tenant': 'acme', authorization: SECRETS.header };
        const answer = await fetch(`${url}/query`, { method: 'POST', headers, body: JSON.stringify({ sql }) });
        marks.see('answer', JSON.stringify([...answer.headers]));
        marks.see('answer', Buffer.from(await answer.arrayBuffer()));
        return answer.headers.get('x-cache');
      };
      const all = 'SELECT * FROM sales'; // too large for the index itself
      await eventually(async () => expect(await ask(all)).toBe('hit'), { within: '60s' }); // the first on a busy machine may not wait for the index
      await ask('SELECT nothing FROM nowhere');
      for (const key of await world.redis.command('KEYS', '*') as string[]) marks.see('index, key', key);
      expect(s3.objects().size).toBeGreaterThan(0);
      marks.see('requests', s3.requests.map((request) => request.url).join('\n'));
    } finally {
      child.kill();
      await ended;
      assets.remove();
      await Promise.all([world.close(), s3.close()]);
    }
  },

  async 'task-pipeline'() {
    const s3 = await startS3();
    try {
      const example = join(ROOT, 'examples/task-pipeline');
      cpSync(join(example, 'templates'), join(folder, 'templates'), { recursive: true });
      const cache = { TASK_CACHE_BUCKET: s3.bucket, TASK_CACHE_S3_ENDPOINT: s3.endpoint, TASK_CACHE_METRICS: 'emf' };
      const env = { ...s3.environment, ...CREDENTIALS, ...cache };
      for (const ran of ['ran', 'again']) marks.see(ran, await printed(join(example, 'ci.ts'), [folder], env));
      expect(s3.objects().size).toBeGreaterThan(0);
      for (const [key, { body }] of s3.objects()) {
        marks.see('bucket, name', key);
        marks.see(`bucket, ${key}`, body);
      }
    } finally {
      await s3.close();
    }
  },

  async 'all-tiers'() {
    const settings = { '/reports/currency': 'USD', '/reports/bank/token': SECRETS.parameter };
    await withSettings(settings, async (env) => {
      const { handler } = load<typeof import('../../examples/all-tiers/service/api')>('all-tiers/service/api', {
        ...env, CACHE_METRICS: 'emf', LIVE_METRICS: 'emf',
      });
      const ask = async (headers = {}) => {
        const { statusCode, ...rest } = await handler({ rawPath: '/sales/2026-10', headers: { authorization: SECRETS.header, ...headers } });
        marks.see('answer', JSON.stringify(rest));
        return statusCode;
      };
      expect([await ask(), await ask(), await ask({ 'cache-control': 'no-cache' })]).toEqual([200, 200, 200]);
    });
  },
};

/** Parameter Store with SecureStrings. */
async function withSettings(values: Readonly<Record<string, string>>, work: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const server = await startParameterStore();
  const ssm = new SSMClient(server.clientConfig);
  try {
    for (const [Name, Value] of Object.entries(values)) await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
    await work({ ...server.environment, ...CREDENTIALS });
  } finally {
    ssm.destroy();
    await server.close();
  }
}

/** What a program of an example prints; it imports the package's sources. */
async function printed(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: ROOT, env: { ...environment, ...env, TSX_TSCONFIG_PATH }, maxBuffer: 1 << 26,
  });
  return stdout + stderr;
}

test.each(EXAMPLES)('%s says and keeps no secret when it runs', async (name) => {
  expect(Object.keys(RUNS)).toContain(name); // a new example needs a run here
  await RUNS[name]();
  nothingFound();
});

test.each(EXAMPLES)('%s has no secret of who synthesizes it in its templates and assets', async (name) => {
  const example = join(ROOT, 'examples', name);
  const out = join(folder, 'cdk.out');
  const env = {
    ...CREDENTIALS, CDK_OUTDIR: out, LIVE_INDEX_PASSWORD: SECRETS.indexPassword, AUTHORIZATION: SECRETS.header,
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [] }),
  };
  marks.see('output', await printed(join(example, 'app.ts'), [], env));
  expect(readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.template.json'))).not.toEqual([]);
  marks.seeFolder('cdk.out', out);
  nothingFound();
});
