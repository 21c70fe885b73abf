import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AppRun, type AppResult } from './app-run';
import { findApps, type App } from './apps';
import { bootstrap } from './cdk';
import { runContracts } from './contract-run';
import { checkKit } from './kit-check';
import { keptLines } from './kept';
import { root, type Identity } from './kit/identity';
import { lock } from './lock';
import { FUNCTION_LOGS, KEPT_FILE, OUT } from './places';
import { report } from './report';
import { Servers } from './servers';
import { tail } from './servers/running-server';
import { setup } from './setup';
import { checkPyarrowStreams } from '../arrow/pyarrow';
import { check, counts, finish, interrupt, note } from '../checks';
import { checkLiveProcesses } from '../live/live';
import { endRunning, onOrphaned, run } from '../processes';

export interface LegOptions {
  /** Names or folders; none: everything, the checks of the emulator and the contracts of our fakes too. */
  readonly apps: readonly string[];
  readonly keep: boolean;
  /** Apps are driven and their permissions examined, not only deployed. */
  readonly drive: boolean;
  readonly auth: boolean;
}

export async function main({ apps: asked, keep, drive, auth }: LegOptions): Promise<void> {
  const apps = await check('which apps', () => findApps(asked, { drive }));
  if (apps === undefined) return finish();
  const python = await check('what the leg needs is installed', async () => {
    lock();
    return setup();
  });
  if (python === undefined) return finish();
  const servers = await check('emulator and servers', () => Servers.start({ python, auth }));
  if (servers === undefined) return finish();

  let stopping: Promise<void> | undefined;
  const stop = () => {
    const code = interrupt();
    endRunning();
    stopping ??= servers.stop().finally(() => process.exit(code));
  };
  // Not once: Ctrl-C reaches us from the terminal and from the process that has started us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  onOrphaned(stop);

  const account = root(servers.ministack.endpoint);
  const all = asked.length === 0;
  try {
    if (all && auth) {
      await checkEmulator(account, python, servers);
      await checkKit(account);
    }
    const results: AppResult[] = [];
    if (await check('cdk bootstrap', () => bootstrap(account.environment).then(() => true))) {
      for (const app of apps) results.push(await runApp(app, account, servers, { keep, drive, auth }));
    }
    if (all) {
      await runContracts(servers);
      await checkLiveProcesses(join(OUT, 'live'));
      await check('the framer of Arrow streams counts what pyarrow counts', () => checkPyarrowStreams(join(OUT, 'arrow')));
    }
    await check('all servers are running, and none can be reached but from 127.0.0.1', () => {
      servers.assertRunning();
      note(`${servers.assertOnLoopback()} sockets`);
    });
    if (stopping === undefined) report(results, { auth, drive });
    finish();
    if (keep) await untilCtrlC(account, results);
  } finally {
    account.destroy();
    await servers.stop();
  }
}

/** That the emulator, as we have mended it, does what AWS does where the leg relies on it. */
async function checkEmulator(account: Identity, python: string, servers: Servers): Promise<void> {
  await check('the emulator does what AWS does', async () => {
    const { authorizations, log, pid } = servers.ministack;
    const env = {
      ...account.environment, E2E_AUTHORIZATIONS: authorizations, E2E_FUNCTION_LOGS: FUNCTION_LOGS, E2E_SERVER_LOG: log, E2E_SERVER_PID: String(pid),
    };
    const printed = (await run(python, [join(__dirname, 'emulator/checks.py')], { env })).trimEnd().split('\n');
    for (const line of printed) note(line);
    const skipped = printed.filter((line) => line.startsWith('skip'));
    if (skipped.length > 0) throw new Error(skipped.join('\n'));
  });
}

async function runApp(app: App, account: Identity, servers: Servers, options: Pick<LegOptions, 'keep' | 'drive' | 'auth'>): Promise<AppResult> {
  const { failed } = counts();
  const start = Date.now();
  const result = await new AppRun({ app, root: account, servers, ...options }).run();
  if (counts().failed > failed) showLogs(servers, start);
  return result;
}

/** For who has to find out why a check has failed. */
function showLogs(servers: Servers, start: number): void {
  const functions = readdirSync(FUNCTION_LOGS).map((name) => join(FUNCTION_LOGS, name)).filter((file) => statSync(file).mtimeMs >= start);
  for (const file of functions.length > 0 ? [servers.ministack.log, ...functions] : []) { // before there are any the server has said its name only
    note(`the end of ${file}:`);
    for (const line of tail(file).split('\n')) note(`  ${line}`);
  }
}

/** Another terminal is led here by commands of the shell: what has them all is a file. */
async function untilCtrlC(account: Identity, results: readonly AppResult[]): Promise<void> {
  const lines = keptLines(account.environment, results);
  writeFileSync(KEPT_FILE, `${lines.join('\n')}\n`, { mode: 0o600 });
  process.on('exit', () => { rmSync(KEPT_FILE, { force: true }); });
  note(`Kept until Ctrl-C. In another terminal: . ${relative(process.cwd(), KEPT_FILE)}, which has`);
  for (const line of lines) note(`  ${line}`);
  await new Promise(() => { setInterval(() => {}, 1 << 30); });
}
