import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { dirname, join } from 'node:path';
import { members } from './listeners';
import { ServerProcess, type RunningServer } from './running-server';
import { CA_FILE, CA_KEY_FILE, FUNCTION_LOGS, LOGS, OUT, REGION, ROOT } from '../places';

const MAIN = join(__dirname, '../emulator/main.py');

export interface MinistackOptions {
  readonly python: string;
  readonly port: number;
  readonly redisPort: number;
  /** IAM is enforced. */
  readonly auth: boolean;
}

export interface Ministack extends RunningServer {
  /** The server's own; the others are its functions'. */
  readonly pid: number;
  /** Every decision of IAM but root's, a JSON line each. */
  readonly authorizations: string;
}

/** The emulator, over TLS, as the emulator/ folder mends it. */
export async function startMinistack({ python, port, redisPort, auth }: MinistackOptions): Promise<Ministack> {
  const folder = join(OUT, 'ministack');
  const authorizations = join(LOGS, 'authorizations.jsonl');
  for (const name of ['state', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(authorizations, '');

  const log = join(LOGS, 'ministack.log');
  const server = new ServerProcess({
    name: 'ministack', command: python, args: [MAIN], cwd: folder, log, group: true, // functions run in processes of their own
    env: {
      ...process.env,
      // Lambda functions run the Node that runs us, wherever it lies, and see these variables.
      PATH: [dirname(process.execPath), process.env.PATH].join(':'),
      NODE_PATH: join(ROOT, 'node_modules'), // the CDK's own custom resources expect the SDK in Lambda's runtime
      AUTH: String(auth), USE_SSL: '1', MINISTACK_SSL_CERT: CA_FILE, MINISTACK_SSL_KEY: CA_KEY_FILE,
      GATEWAY_PORT: String(port), MINISTACK_REGION: REGION, // what never changes is in main.py
      STATE_DIR: join(folder, 'state'), TMPDIR: join(folder, 'tmp'),
      REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redisPort), // what ElastiCache's endpoints say
      E2E_AUTHORIZATIONS: authorizations, E2E_FUNCTION_LOGS: FUNCTION_LOGS,
    },
  });
  const endpoint = `https://127.0.0.1:${port}`;
  await server.ready(() => isHealthy(`${endpoint}/_ministack/health`));
  return {
    name: 'ministack', endpoint, log, authorizations, pid: server.pid, get pids() { return members(server.pid); },
    get end() { return server.end; },
    stop: () => server.stop(),
  };
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
