// Installs the peers and builds what is to be measured, where that has not been done.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BENCH = join(import.meta.dirname, '..');
const ROOT = join(BENCH, '..');

/** Whether what the lock file says is what is installed. */
function isInstalled() {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const versions = (file) => Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages)
    .filter(([path, { optional }]) => path !== '' && !optional).map(([path, { version }]) => `${path} ${version}`).sort().join('\n');
  return versions(installed) === versions(join(BENCH, 'package-lock.json'));
}

export function run(what, command, args) {
  console.log(`${what} …`);
  const begun = Date.now();
  const { status, signal, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  if (signal) process.kill(process.pid, signal); // Ctrl-C reached the child first
  if (error || status !== 0) throw new Error(`'${[command, ...args].join(' ')}' failed${error ? `: ${error.message}` : ` with exit code ${status}`}`);
  console.log(`  took ${((Date.now() - begun) / 1000).toFixed(0)} s`);
}

export function installPeers() {
  if (isInstalled()) return;
  run('Installing the peers (bench/package.json)', 'npm', ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund']);
}

export function buildClients() {
  if (newest(['lib/contract', 'runtime'], /\.ts$/) <= newest(['build/esm/runtime'], /\.js$/)) return;
  run('Building the clients', 'npx', ['projen', 'compile:runtime']);
}

export function buildConstructs() {
  if (newest(['lib'], /\.ts$/) > newest(['build/index.js', 'build/memo-cache'], /\.js$/)) run('Building the constructs', 'npx', ['projen', 'compile']);
}

export function bundleCommandLine() {
  if (newest(['cli', 'lib/contract', 'runtime'], /\.tsx?$/) > newest(['build/cli'], /\.m?js$/)) run('Bundling the command line', 'npx', ['projen', 'bundle']);
}

/** When the newest of the files was written; 0 if there are none. */
function newest(places, name) {
  let time = 0;
  for (const place of places) {
    const path = join(ROOT, place);
    if (!existsSync(path)) continue;
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((file) => join(path, file)) : [path];
    for (const file of files) if (name.test(file)) time = Math.max(time, statSync(file).mtimeMs);
  }
  return time;
}
