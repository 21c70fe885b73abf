import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(__dirname, '../..');
export const NAME = 'cdk-cache-tiers';

/** Environment variable with the folder that global-setup.ts made. */
export const SANDBOX = 'PACKAGE_TEST_SANDBOX';
export const sandbox = (...path: string[]) => join(process.env[SANDBOX]!, ...path);

export function removeSandbox(): void {
  rmSync(sandbox(), { recursive: true, force: true });
}

/** A project that installed the tarball and nothing else, with npm. */
export const bare = (...path: string[]) => sandbox('bare', ...path);
/** A CDK app's project: the tarball's content, the CDK and the SDK. */
export const full = (...path: string[]) => sandbox('full', ...path);

/** Where nobody listens: whatever wants the network fails at once. */
export const NOWHERE = 'http://127.0.0.1:9/';

/** The one tarball that `npm run build` (projen package:js) made. */
export function tarball(): string {
  const folder = join(ROOT, 'dist/js');
  const found = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.tgz')) : [];
  if (found.length !== 1) throw new Error(`expected one tarball in dist/js, found ${JSON.stringify(found)}: run "npm run build" first`);
  return join(folder, found[0]);
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Node script without any variable of ours; a failure is an outcome too. */
export async function node(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Outcome> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, CI: 'true', ...options.env };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], { cwd: options.cwd, env, maxBuffer: 1 << 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** Like `node`, and throws what was printed if it fails. */
export async function succeed(...run: Parameters<typeof node>): Promise<Outcome> {
  const outcome = await node(...run);
  if (outcome.code !== 0) throw new Error(`${run[0].join(' ')}: exit code ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

/** Runs a text as a script of a project: ESM or CommonJS by its extension. */
export async function script(path: string, text: string, options: Parameters<typeof node>[1] = {}): Promise<string> {
  writeFileSync(path, text);
  return (await succeed([path], { cwd: dirname(path), ...options })).stdout.trim();
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The npm that runs this, or else the one on the path. */
function npmCli(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npm')).filter((path) => existsSync(path));
  const found = [process.env.npm_execpath ?? '', ...onPath.map((path) => realpathSync(path))].find((path) => path.endsWith('npm-cli.js'));
  if (!found) throw new Error('no npm found: run this by "npm run test:package"');
  return found;
}

export async function installBare(): Promise<void> {
  writeJson(bare('package.json'), { name: 'bare', version: '1.0.0', private: true });
  const settings = ['--no-audit', '--no-fund', '--fetch-retries=0', `--registry=${NOWHERE}`, `--cache=${sandbox('npm-cache')}`];
  await succeed([npmCli(), 'install', ...settings, tarball()], { cwd: bare() });
}

/** The CDK is large: linked, not installed. */
export function linkFull(): void {
  writeJson(full('package.json'), { name: 'full', version: '1.0.0', private: true });
  cpSync(bare('node_modules', NAME), full('node_modules', NAME), { recursive: true });
  for (const name of ['aws-cdk-lib', 'constructs', '@aws-sdk', '@smithy']) {
    symlinkSync(join(ROOT, 'node_modules', name), full('node_modules', name));
  }
}
