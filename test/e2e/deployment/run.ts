// Deploys every example with the CDK to an emulator that enforces IAM, drives it and destroys it. Usage: npm run e2e -- --help
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from 'commander';
import { main, type LegOptions } from './leg';
import { CA_FILE, CA_KEY_FILE, OUT, ROOT } from './places';
import { setup } from './setup';
import { selfSigned } from '../../support/certificate';
import { check, finish } from '../checks';

/** Node reads further authorities from this variable when it starts, so we start once more. */
const TRUSTS = 'NODE_EXTRA_CA_CERTS';

function startAgain(): void {
  mkdirSync(OUT, { recursive: true });
  if (!existsSync(CA_FILE) || !existsSync(CA_KEY_FILE)) {
    const { cert, key } = selfSigned();
    writeFileSync(CA_FILE, cert);
    writeFileSync(CA_KEY_FILE, key, { mode: 0o600 });
  }
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), ...process.argv.slice(1)], {
    stdio: 'inherit', env: { ...process.env, [TRUSTS]: CA_FILE, AWS_CA_BUNDLE: CA_FILE, AWS_EC2_METADATA_DISABLED: 'true' },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { child.kill(signal); }); // it stops its servers, then we end
  child.on('exit', (code) => { process.exitCode = code ?? 1; });
}

async function start(apps: readonly string[], options: Omit<LegOptions, 'apps'> & { readonly setup: boolean }): Promise<void> {
  if (options.setup) {
    await check('what the leg needs is installed', setup);
    return finish();
  }
  if (process.env[TRUSTS] !== CA_FILE) return startAgain();
  await main({ ...options, apps });
  finish();
}

void program
  .name('npm run e2e --')
  .description('Deploys apps to an emulator on this machine, drives and destroys them. Nothing listens beyond 127.0.0.1.')
  .argument('[app...]', 'examples by name, or folders with a cdk.json and an e2e.ts (default: all examples)')
  .option('--keep', 'leave servers and stacks as they are until Ctrl-C, and say how to reach them', false)
  .option('--no-auth', 'do not enforce IAM: to find out whether a failure is one of permissions')
  .option('--setup', 'only install what is needed', false)
  .action(start)
  .parseAsync();
