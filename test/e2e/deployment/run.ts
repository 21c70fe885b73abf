// Deploys every example with the CDK to an emulator that enforces IAM, drives it and destroys it. Usage: npm run e2e -- --help
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { program } from 'commander';
import { main, type LegOptions } from './leg';
import { CA_FILE, CA_KEY_FILE, OUT } from './places';
import { setup } from './setup';
import { selfSigned } from '../../support/certificate';
import { check, finish, handOver } from '../checks';
import { onOrphaned, tied } from '../processes';

/** Set in the process that is the leg. */
const STARTED = 'E2E_STARTED';

/** Node reads the authorities that it trusts when it starts, so the leg is a process of its own. */
function startLeg(): void {
  mkdirSync(OUT, { recursive: true });
  if (!existsSync(CA_FILE) || !existsSync(CA_KEY_FILE)) {
    const { cert, key } = selfSigned();
    writeFileSync(CA_FILE, cert);
    writeFileSync(CA_KEY_FILE, key, { mode: 0o600 });
  }
  const [file, ...args] = tied([process.execPath, '--import', pathToFileURL(require.resolve('tsx')).href, ...process.argv.slice(1)], 'TERM');
  const child = spawn(file, args, { stdio: 'inherit', env: environment() });
  const end = () => { child.kill('SIGTERM'); }; // it stops its servers, then we end
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  onOrphaned(end);
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** Without a user's own settings of AWS: an endpoint, a profile or keys of his would lead a deployment out of here. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !/^no_proxy$/i.test(name));
  const local = ['127.0.0.1', 'localhost', process.env.NO_PROXY ?? process.env.no_proxy].filter(Boolean).join(',');
  return {
    ...Object.fromEntries(own), NO_PROXY: local, no_proxy: local,
    NODE_EXTRA_CA_CERTS: CA_FILE, AWS_CA_BUNDLE: CA_FILE, AWS_EC2_METADATA_DISABLED: 'true',
    NODE_NO_WARNINGS: '1', // the SDK's, ten lines a process, that Node 20 will not do for ever
    [STARTED]: '1',
  };
}

async function start(apps: readonly string[], options: Omit<LegOptions, 'apps'> & { readonly setup: boolean }): Promise<void> {
  if (options.setup) {
    await check('what the leg needs is installed', setup);
    finish();
  } else if (process.env[STARTED]) await main({ ...options, apps });
  else {
    handOver();
    startLeg();
  }
}

void program
  .exitOverride(({ exitCode }) => { // help was asked for, or an option is wrong, which commander has said
    handOver();
    process.exit(exitCode);
  })
  .name('npm run e2e --')
  .description('Deploys apps to an emulator on this machine, drives and destroys them. Nothing listens beyond 127.0.0.1.')
  .argument('[app...]', 'examples by name, or folders with a cdk.json and an e2e.ts (default: the examples, the apps of\n'
  + 'test/e2e/deployment/apps, the checks of the emulator, and the lists that our own servers keep)')
  .option('--keep', 'leave servers and stacks as they are until Ctrl-C, and say how to reach them', false)
  .option('--no-drive', 'only deploy, and do not try what is deployed: with --keep for who wants to use it himself')
  .option('--no-auth', 'do not enforce IAM: to find out whether a failure is one of permissions')
  .option('--setup', 'only install what is needed', false)
  .action(start)
  .parseAsync();
