import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppRun, type AppResult } from './app-run';
import { findApps, type App } from './apps';
import { runContracts } from './contract-run';
import { root, type Identity } from './kit/identity';
import { checkKit } from './kit-check';
import { FUNCTION_LOGS } from './places';
import { report } from './report';
import { Servers } from './servers';
import { tail } from './servers/running-server';
import { setup } from './setup';
import { check, counts, note, run } from '../checks';

export interface LegOptions {
  /** Names or folders; none: everything, the checks of the emulator and the contracts of our fakes too. */
  readonly apps: readonly string[];
  readonly keep: boolean;
  readonly auth: boolean;
}

export async function main({ apps: asked, keep, auth }: LegOptions): Promise<void> {
  const apps = await check('which apps', () => findApps(asked));
  if (apps === undefined) return;
  const python = await check('what the leg needs is installed', setup);
  if (python === undefined) return;
  const servers = await check('emulator and servers', () => Servers.start({ python, auth }));
  if (servers === undefined) return;
  // Not once: Ctrl-C reaches us from the terminal and from the process that has started us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { void servers.stop().finally(() => process.exit(130)); });

  const { endpoint } = servers.ministack;
  const account = root(endpoint);
  try {
    if (asked.length === 0 && auth) {
      await checkEmulator(account, python, servers);
      await checkKit(account);
    }
    const results: AppResult[] = [];
    for (const app of apps) results.push(await runApp(app, account, servers, { keep, auth }));
    if (asked.length === 0) await runContracts(servers);
    await check('nothing listens beyond 127.0.0.1', () => { note(`${servers.assertOnLoopback()} sockets, all on 127.0.0.1`); });
    report(results, stubs(servers.ministack.log), { auth });
    if (keep) await untilCtrlC(account);
  } finally {
    account.destroy();
    await servers.stop();
  }
}

/** That the emulator, as we have mended it, does what AWS does where the leg relies on it. */
async function checkEmulator(account: Identity, python: string, servers: Servers): Promise<void> {
  await check('the emulator does what AWS does', async () => {
    const { authorizations, log, pid } = servers.ministack;
    const env = { ...account.environment, E2E_AUTHORIZATIONS: authorizations, E2E_SERVER_LOG: log, E2E_SERVER_PID: String(pid) };
    const printed = (await run(python, [join(__dirname, 'emulator/checks.py')], { env })).trimEnd().split('\n');
    for (const line of printed) note(line);
    const skipped = printed.filter((line) => line.startsWith('skip'));
    if (skipped.length > 0) throw new Error(skipped.join('\n'));
  });
}

async function runApp(app: App, account: Identity, servers: Servers, { keep, auth }: { keep: boolean; auth: boolean }): Promise<AppResult> {
  const { failed } = counts();
  const start = Date.now();
  const appRun = new AppRun({ app, root: account, servers, keep, authorizations: auth ? servers.ministack.authorizations : undefined });
  const result = await appRun.run();
  if (counts().failed > failed) {
    const functions = readdirSync(FUNCTION_LOGS).map((name) => join(FUNCTION_LOGS, name)).filter((file) => statSync(file).mtimeMs >= start);
    for (const file of [servers.ministack.log, ...functions]) {
      note(`the end of ${file}:`);
      for (const line of tail(file).split('\n')) note(`  ${line}`);
    }
  }
  return result;
}

/** Types that the emulator would refuse; our layer accepts them, with nothing behind. */
function stubs(log: string): string[] {
  const lines = tail(log, Infinity).split('\n').filter((line) => line.startsWith('STUB '))
    .filter((line) => !line.includes(' e2e-check-')); // the emulator's own checks
  return [...new Set(lines.map((line) => line.slice('STUB '.length)))];
}

async function untilCtrlC(account: Identity): Promise<void> {
  note('Kept until Ctrl-C. In another terminal:');
  for (const [name, value] of Object.entries(account.environment)) note(`  export ${name}=${value}`);
  await new Promise(() => { setInterval(() => {}, 1 << 30); });
}
