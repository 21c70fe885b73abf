// Does it work from Python as from TypeScript? Builds the wheel from the current sources, installs it with the pinned CDK of
// requirements.txt, synthesizes app.py and its twin app.ts with the CDK's command line and compares what they give.
// Java, Go and .NET: what is generated has every class and member; it is not compiled.
// Usage: npm run e2e:languages. Everything is written to dist/languages; the virtual environment there is used again.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { constructs, defined } from './constructs';
import { checkExistingApp } from './existing-app';
import { classes, LANGUAGES, missing } from './generated';
import { check, finish, from, note } from '../checks';
import { run, SHOWN } from '../processes';
import { findPython, pinned, virtualEnvironment } from '../python';

const ROOT = join(__dirname, '../../..');
const OUT = join(ROOT, 'dist/languages');
const VENV = join(OUT, 'venv');
const PYTHON = join(VENV, 'bin/python');
const REQUIREMENTS = join(__dirname, 'requirements.txt');
const STACK = 'Languages';

const ENV = {
  PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', CDK_DISABLE_CLI_TELEMETRY: 'true',
  JSII_RUNTIME_PACKAGE_CACHE_ROOT: join(OUT, 'jsii-cache'), // not in the user's home
};

const exec = (command: string, args: readonly string[], cwd = ROOT) => run(command, args, { cwd, env: ENV });
const tool = (path: string, ...args: string[]) => exec(process.execPath, [join(ROOT, 'node_modules', path), ...args]);

function newest(path: string): number {
  const stat = statSync(join(ROOT, path));
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(join(ROOT, path)).map((name) => newest(join(path, name)))); // a folder's own: a file is gone
}

/** Builds only if something is missing or older than its sources: the build of .ci/run, or of a minute ago, is used as it is. */
async function build(): Promise<string[]> {
  const sources = Math.max(...['lib', 'lambda-src', 'runtime', 'package.json', 'tsconfig.json'].map(newest));
  const built = ['.jsii', 'build/index.js', 'build/esm/package.json', 'build/cjs/package.json', 'assets'];
  if (built.every((path) => existsSync(join(ROOT, path)) && newest(path) >= sources)) {
    note('build/ and assets/ are newer than their sources');
  } else {
    note('builds what is missing or older than its sources: bundles, constructs, clients');
    for (const task of ['pre-compile', 'compile']) await tool('projen/bin/projen', task);
  }
  const handlers = readdirSync(join(ROOT, 'assets'));
  if (handlers.length === 0) throw new Error('no handler in assets/');
  return handlers;
}

/** Both languages must be given the same CDK, or a difference would say nothing. */
function assertSameCdk(): void {
  for (const name of ['aws-cdk-lib', 'constructs']) {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
    if (!pinned(REQUIREMENTS).includes(`${name} ${version}`)) {
      throw new Error(`${name} is ${version} for TypeScript and another in requirements.txt: renew that, as it says itself`);
    }
  }
}

async function buildWheel(): Promise<string> {
  const folder = join(OUT, 'python');
  rmSync(folder, { recursive: true, force: true });
  note('jsii-pacmak installs its own build tools (setuptools, build, twine) in an environment that it deletes');
  await tool('jsii-pacmak/bin/jsii-pacmak', '--target', 'python', '--outdir', OUT);
  const wheels = readdirSync(folder).filter((name) => name.endsWith('.whl'));
  if (wheels.length !== 1) throw new Error(`expected one wheel in ${folder}, found ${JSON.stringify(wheels)}`);
  note(`${wheels[0]}, ${(statSync(join(folder, wheels[0])).size / 1024).toFixed(0)} KB`);
  return join(folder, wheels[0]);
}

async function installWheel(wheel: string): Promise<true> {
  // Without its requirements, which are there: pip would take later ones. Whether they suit the wheel is what "pip check" says.
  await exec(PYTHON, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-index', '--force-reinstall', wheel]);
  await exec(PYTHON, ['-m', 'pip', 'check']);
  return true;
}

interface Synthesis {
  readonly folder: string;
  readonly template: { readonly Resources: Record<string, { Type: string; Properties?: { Code?: { S3Key?: string } } }> };
  readonly assets: unknown;
}

/** As a user does, with the CDK's command line; a warning is a failure. */
async function synthesize(language: string, app: string): Promise<Synthesis> {
  const folder = join(OUT, 'cdk.out', language);
  rmSync(folder, { recursive: true, force: true }); // an old validation report would be printed again
  const options = ['--quiet', '--strict', '--no-notices', '--no-version-reporting', '--no-lookups'];
  const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  await exec(process.execPath, [cdk, 'synth', ...options, '--app', app, '--output', folder], __dirname);
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
  return { folder, template: read(`${STACK}.template.json`) as Synthesis['template'], assets: read(`${STACK}.assets.json`) };
}

/** The paths at which two JSON values differ. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (isDeepStrictEqual(a, b)) return [];
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (!isObject(a) || !isObject(b)) return [`${path}: ${JSON.stringify(a)} in Python, ${JSON.stringify(b)} in TypeScript`];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}/${key}`));
}

function same(a: unknown, b: unknown): void {
  const found = differences(a, b);
  if (found.length > 0) throw new Error(found.slice(0, SHOWN).join('\n'));
}

/** Two empty templates would be equal as well. */
function hasOurs({ template }: Synthesis): void {
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  const lacks = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Lambda::Function', 'Custom::MemoFlush', 'AWS::IAM::Policy']
    .filter((type) => !types.includes(type));
  if (lacks.length > 0) throw new Error(`the template has no ${lacks.join(', no ')}`);
  note(`${types.length} resources`);
}

/** A construct that is new must be in both apps, or nothing here would try it. */
function hasEveryConstruct({ folder }: Synthesis, app: string): void {
  const exported = constructs(join(ROOT, '.jsii'));
  const has = new Set(defined(folder, STACK));
  const absent = exported.filter((fqn) => !has.has(fqn));
  if (exported.length === 0) throw new Error('the manifest itself has no construct');
  if (absent.length > 0) throw new Error(`${app} does not define ${absent.join(', ')}: put it into app.py and app.ts`);
  note(exported.join(', '));
}

function hasHandler({ template, folder }: Synthesis): void {
  const keys = Object.values(template.Resources).flatMap(({ Properties }) => Properties?.Code?.S3Key ?? []);
  const bundle = readFileSync(join(ROOT, 'assets/memo-flush/index.mjs'));
  const staged = keys.map((key) => join(folder, `asset.${key.replace(/\.zip$/, '')}`, 'index.mjs'));
  if (!staged.some((path) => existsSync(path) && readFileSync(path).equals(bundle))) {
    throw new Error(`none of ${JSON.stringify(staged)} is what is in assets/memo-flush/index.mjs`);
  }
}

async function refuses(): Promise<void> {
  const MESSAGE = 'trigger is "": use a text that changes when the cache must be flushed';
  const printed = await exec(PYTHON, [join(__dirname, 'refused.py')]).then(() => 'nothing was refused', (error: Error) => error.message);
  if (!printed.includes(MESSAGE) || !printed.includes('Languages/Flush')) throw new Error(`expected ${MESSAGE} at Languages/Flush\n${printed}`);
}

async function main(): Promise<void> {
  const python = await check('Python with venv and pip', async () => {
    const found = await findPython();
    note(`Python ${found.version}, Node ${process.version}`);
    return found;
  });
  const built = await check('build of the current sources', build);

  const environment = await check('virtual environment with the pinned CDK', () => {
    assertSameCdk();
    return virtualEnvironment({ python: from(python, 'finding Python'), folder: VENV, requirements: REQUIREMENTS, note });
  });
  const wheel = await check('Python wheel', () => {
    from(python, 'finding Python');
    from(built, 'the build');
    return buildWheel();
  });
  const installed = await check('the wheel installs and suits the CDK', () => {
    from(environment, 'the virtual environment');
    return installWheel(from(wheel, 'the wheel'));
  });

  const fromPython = await check('cdk synth --strict from Python', () => {
    from(installed, 'installing the wheel');
    return synthesize('python', `"${PYTHON}" app.py`);
  });
  const fromTypeScript = await check('cdk synth --strict from TypeScript', () => {
    from(built, 'the build');
    return synthesize('typescript', `"${process.execPath}" "${join(ROOT, 'node_modules/tsx/dist/cli.mjs')}" app.ts`);
  });
  const both = () => [from(fromPython, 'synthesis from Python'), from(fromTypeScript, 'synthesis from TypeScript')] as const;
  await check('Python has table, bucket, functions and flush', () => hasOurs(from(fromPython, 'synthesis from Python')));
  await check('app.py defines every construct of the library', () => hasEveryConstruct(from(fromPython, 'synthesis from Python'), 'app.py'));
  await check('app.ts defines every construct of the library', () => hasEveryConstruct(from(fromTypeScript, 'synthesis from TypeScript'), 'app.ts'));
  await check('both templates are equal, hashes of assets included', () => same(both()[0].template, both()[1].template));
  await check('both asset manifests are equal', () => same(both()[0].assets, both()[1].assets));
  await check('Python\'s cdk.out has the flush handler, byte for byte', () => hasHandler(from(fromPython, 'synthesis from Python')));
  await check('a wrong property is refused in Python with our message', () => {
    from(installed, 'installing the wheel');
    return refuses();
  });

  await check('an app of cdk init has all tiers, by the Python of the READMEs', () => {
    from(installed, 'installing the wheel');
    return checkExistingApp({ folder: join(OUT, 'existing-app'), venv: VENV, env: ENV });
  });

  const generated = await check('Java, Go and .NET sources are generated', async () => {
    from(built, 'the build');
    const folder = join(OUT, 'code-only');
    rmSync(folder, { recursive: true, force: true });
    const targets = LANGUAGES.flatMap(({ target }) => ['--target', target]);
    await tool('jsii-pacmak/bin/jsii-pacmak', '--code-only', ...targets, '--outdir', folder);
    return folder;
  });
  for (const language of LANGUAGES) {
    await check(`${language.name} has every public class and member`, () => {
      const folder = from(generated, 'generating sources');
      const types = classes(join(ROOT, '.jsii'));
      const absent = ['MemoCache', 'MemoFlush'].filter((name) => !types.some((type) => type.name === name));
      if (absent.length > 0) throw new Error(`the manifest itself has no ${absent.join(', no ')}`);
      const { lacks, members } = missing(folder, language, types);
      if (lacks.length > 0) throw new Error(`${language.name} lacks ${lacks.join(', ')}`);
      note(`${types.map(({ name }) => name).join(', ')}: ${members} declarations`);
    });
  }
  note('Java, Go and .NET are generated and read, not compiled here');
  finish();
}

void main();
