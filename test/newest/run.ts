// Does everything hold with the newest aws-cdk-lib of the major version that we support? All else here uses the floor.
// Installs it in dist/newest by npm, copies the sources below it, so that they find it before the floor's, and there type-checks the
// constructs, synthesizes every example as `cdk synth --strict` does, and runs those tests of the constructs that touch most of the CDK.
// Not run: tests of clients, handlers and the command line, which use no CDK. A snapshot that differs is told, and is no failure: the CDK may render
// its own constructs in another way.
// Usage: npm run test:newest [-- <jest patterns in place of those>]. Needs the network, or npm's cache.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../e2e/processes';
import { finish, note, step } from './steps';
import { judge, type Report } from './verdict';

const ROOT = join(__dirname, '../..');
const OUT = join(ROOT, 'dist/newest');
const PROJECT = join(OUT, 'project');
/** Packages that are the newest. cdk-nag extends the CDK's classes, so it must find the same copy of it. */
const NEWEST = ['aws-cdk-lib', 'constructs', 'aws-cdk', 'cdk-nag'];
/** Every construct with everything set, its logical ids, and its rules (cdk-nag, CloudFormation's schema). All of test/lib take ten minutes. */
const TESTS = ['test/lib/apps/(constructs|escape-hatches|tags)', 'test/lib/stateful-resources', 'test/lib/.*compliance'];
const LIMIT = 900_000; // milliseconds for one command, on a busy machine
const ENV = { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

interface Manifest {
  readonly version: string;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

const manifest = (...path: string[]) => JSON.parse(readFileSync(join(...path, 'package.json'), 'utf8')) as Manifest;
const versions = (folder: string) => NEWEST.map((name) => `${name} ${manifest(folder, 'node_modules', name).version}`).join(', ');
const major = (range: string) => /\d+/.exec(range)![0];

/** By major versions: the newest that the ranges of package.json permit. */
async function install(): Promise<void> {
  const { devDependencies, peerDependencies } = manifest(ROOT);
  const dependencies = Object.fromEntries(NEWEST.map((name) => [name, `^${major(peerDependencies[name] ?? devDependencies[name])}`]));
  rmSync(join(OUT, 'package-lock.json'), { force: true }); // it would keep what was the newest then
  writeFileSync(join(OUT, 'package.json'), JSON.stringify({ name: 'newest', private: true, dependencies }));
  note(`npm installs ${Object.entries(dependencies).map((entry) => entry.join('@')).join(', ')} in dist/newest`);
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-online', '--fetch-retries=1', '--update-notifier=false'];
  await run('npm', ['install', ...options], { cwd: OUT, env: ENV, limit: 300_000 }).catch((error: Error) => {
    throw new Error(`npm could not install them, and without them there is nothing to test: is there a network?\n${error.message}`, { cause: error });
  });
  note(`newest: ${versions(OUT)}`);
  note(`floor:  ${versions(ROOT)}`);
}

/** What git knows or would add. Bundles do not depend on the CDK. */
async function copySources(): Promise<void> {
  await run(process.execPath, ['build-tools/bundle.mjs'], { cwd: ROOT });
  rmSync(PROJECT, { recursive: true, force: true });
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) copy(file);
  for (const built of ['assets', 'build/cli']) copy(built);
  mkdirSync(join(PROJECT, 'node_modules'));
  for (const name of ['aws-cdk', 'aws-cdk-lib', 'constructs']) symlinkSync(join(OUT, 'node_modules', name), join(PROJECT, 'node_modules', name));
  symlinkSync(join(ROOT, 'node_modules/.bin'), join(PROJECT, 'node_modules/.bin'));
  const found = execFileSync(process.execPath, ['-p', 'require.resolve("aws-cdk-lib")'], { cwd: join(PROJECT, 'test'), encoding: 'utf8' });
  if (!found.startsWith(join(OUT, 'node_modules'))) throw new Error(`the copy would be tested with another aws-cdk-lib: ${found}`);
}

function copy(path: string): void {
  mkdirSync(dirname(join(PROJECT, path)), { recursive: true });
  cpSync(join(ROOT, path), join(PROJECT, path), { recursive: true });
}

function tool(path: string, ...args: string[]): Promise<string> {
  return run(process.execPath, [join(ROOT, 'node_modules', path), ...args], { cwd: PROJECT, env: ENV, limit: LIMIT });
}

/** The clients, which know no CDK, only for the examples that bundle them. */
async function compile(): Promise<void> {
  await tool('typescript/bin/tsc', '-p', 'tsconfig.json', '--types', 'node');
  for (const format of ['esm', 'cjs']) await tool('typescript/bin/tsc', '-p', `runtime/tsconfig.${format}.json`, '--noCheck');
  await run(process.execPath, ['build-tools/mark-module-types.mjs'], { cwd: PROJECT });
}

async function synthesize(): Promise<void> {
  const printed = await run(process.execPath, ['build-tools/synth-examples.mjs'], { cwd: PROJECT, env: ENV, limit: LIMIT });
  for (const line of printed.trim().split('\n')) note(line);
}

async function test(patterns: readonly string[]): Promise<void> {
  const file = join(OUT, 'jest.json');
  rmSync(file, { force: true });
  const failed = await tool('jest/bin/jest.js', '--ci', '--json', `--outputFile=${file}`, ...patterns).then(() => undefined, (error: Error) => error);
  if (!existsSync(file)) throw failed ?? new Error('jest wrote no report');
  const { notes, failures } = judge(JSON.parse(readFileSync(file, 'utf8')) as Report);
  for (const line of notes) note(line);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

async function main(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const ready = await step('install the newest', install) && await step('copy of the sources', copySources);
  if (ready) {
    if (await step('constructs type-check and compile', compile)) await step('examples, cdk synth --strict', synthesize);
    const patterns = process.argv.slice(2);
    await step('tests of the constructs', () => test(patterns.length > 0 ? patterns : TESTS));
  }
  finish();
}

void main();
