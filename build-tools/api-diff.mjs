// What breaks of the last release (the nearest tag v*): the constructs' API now, in .jsii, against the tag's, which is compiled in dist/.api-diff.
// Also what jsii-diff does not know: texts of lib/contract, which are names of variables, metrics, attributes and keys, must stay what they were.
// Each break needs a line in .compatignore, below a comment that says why; a line that permits nothing any more is a failure too.
// Without a release there is nothing to compare with: then a method is taken out of a copy of .jsii, to see that the break would be found.
// What neither sees is in docs/upgrading.md.
// Usage: npm run compile && npm run api:diff
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUT = 'dist/.api-diff'; // hidden, as jsii-docgen takes the last .jsii below the checkout that it comes upon for the package's
const IGNORED = '.compatignore';
const BREAK = /^(err |skip|warn) - (.*) \[(\S+)\]$/;

const tool = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

class Failure extends Error {}

function run(command, args, options = {}) {
  const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0] };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, env, ...options });
  if (error) throw new Failure(`${command} cannot be run: ${error.message}`);
  return { status, stdout, stderr };
}

function succeed(...command) {
  const { status, stdout, stderr } = run(...command);
  if (status !== 0) throw new Failure(`${command[0]} ${command[1].join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** The nearest release tag, or undefined. A shallow clone, as CI systems make them, does not know its releases: it is made whole first. */
function lastRelease() {
  if (succeed('git', ['rev-parse', '--is-shallow-repository']) === 'true') {
    const { status, stderr } = run('git', ['fetch', '--quiet', '--unshallow', '--tags']);
    console.log(status === 0 ? 'the clone was shallow, and has all commits and tags now'
      : `the clone is shallow and cannot be made whole, so a release may not be found: ${stderr.trim()}`);
  }
  const { status, stdout } = run('git', ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*']);
  return status === 0 ? stdout.trim() : undefined;
}

/** Folder with the tag's .jsii. Below the checkout, so that the compiler finds its packages; by its commit, so that it is compiled once. */
function assemblyOf(tag) {
  const commit = succeed('git', ['rev-parse', `${tag}^{commit}`]);
  const folder = join(OUT, commit);
  if (existsSync(join(folder, '.jsii'))) return folder;
  console.log(`compiles ${tag} in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(OUT, `${commit}.tar`);
  succeed('git', ['archive', `--output=${archive}`, commit]);
  succeed('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
  succeed(process.execPath, [tool('jsii/bin/jsii'), '--silence-warnings=reserved-word'], { cwd: folder });
  return folder;
}

/** What a folder's assembly has in another way than a former one's, by its key. */
function compare(former, now, ...options) {
  const args = [tool('jsii-diff/bin/jsii-diff'), former, now, '--error-on', 'all', '--keys', ...options];
  const { status, stdout, stderr } = run(process.execPath, args);
  const found = stderr.split('\n').map((line) => BREAK.exec(line)).filter(Boolean);
  const breaks = found.map(([, level, text, key]) => ({ level: level.trim(), text, key }));
  // It could not load one of them.
  if (status !== 0 && breaks.length === 0) throw new Failure(`jsii-diff: exit code ${status}\n${stdout}${stderr}`);
  return { breaks, status };
}

/** All texts below a value, by their path. */
function texts(value, path) {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => texts(each, `${path}.${name}`));
}

/** Texts of the compiled lib/contract of a folder. */
function contractOf(folder) {
  const contract = resolve(folder, 'build/contract');
  const files = existsSync(contract) ? readdirSync(contract).filter((file) => file.endsWith('.js')) : [];
  const require = createRequire(join(contract, 'index.js'));
  return new Map(files.flatMap((file) => texts(require(`./${file}`), `contract:${file.replace('.js', '')}`)));
}

/** Texts of the contract that are gone or others. */
function contractBreaks(former, now, keys) {
  const texts = contractOf(now);
  return [...contractOf(former)].filter(([key, text]) => texts.get(key) !== text).map(([key, text]) => {
    const level = keys.some((each) => each.key === key) ? 'skip' : 'err';
    return { level, key, text: `CONTRACT ${key.replace('contract:', '')} was ${text}, is ${texts.get(key) ?? 'gone'}` };
  });
}

/** Keys of .compatignore, each with whether a comment stands above it. */
function permitted() {
  if (!existsSync(IGNORED)) return [];
  let reason = false;
  return readFileSync(IGNORED, 'utf8').split('\n').map((line) => line.trim()).flatMap((line) => {
    if (line === '' || line.startsWith('#')) reason = /^#\s*\S/.test(line);
    return line === '' || line.startsWith('#') ? [] : [{ key: line, reason }];
  });
}

function compareWith(tag) {
  const former = assemblyOf(tag);
  const keys = permitted();
  const breaks = [...compare(former, '.', '--ignore-file', IGNORED).breaks, ...contractBreaks(former, '.', keys)];
  const problems = [
    ...breaks.filter(({ level }) => level === 'err').map(({ text, key }) => `${text}: keep it, or permit it by ${key} in ${IGNORED}`),
    ...keys.filter(({ reason }) => !reason).map(({ key }) => `${key} in ${IGNORED} has no reason: write a comment above it`),
    ...keys.filter(({ key }) => !key.startsWith('move:') && !breaks.some((each) => each.key === key))
      .map(({ key }) => `${key} in ${IGNORED} permits nothing that breaks ${tag}: delete it`),
  ];
  for (const { text } of breaks.filter(({ level }) => level === 'skip')) console.log(`permitted: ${text}`);
  if (problems.length > 0) throw new Failure(problems.join('\n'));
  console.log(`ok nothing breaks ${tag}${keys.length > 0 ? ' but what is permitted' : ''}`);
}

/** Writes an assembly that lacks a method, and expects that this is found, and that its return is no break. */
function selfCheck() {
  console.log('no release tag (v*) is reachable, so there is nothing to compare with: checks that a break would be found');
  const assembly = read('.jsii');
  const [type] = Object.values(assembly.types).filter(({ kind, methods }) => kind === 'class' && methods?.length > 0);
  if (type === undefined) throw new Failure('no class in .jsii has a method to take away');
  const [{ name }] = type.methods.splice(0, 1);
  const broken = join(OUT, 'self-check');
  mkdirSync(broken, { recursive: true });
  cpSync('package.json', join(broken, 'package.json'));
  writeFileSync(join(broken, '.jsii'), JSON.stringify(assembly));
  const key = `removed:${type.fqn}.${name}`;
  if (!compare('.', broken).breaks.some((found) => found.key === key)) throw new Failure(`jsii-diff did not find ${key}`);
  if (compare(broken, '.').status !== 0) throw new Failure(`jsii-diff takes a new method for a break: ${type.fqn}.${name}`);
  console.log(`ok it found ${key}`);
}

try {
  if (!existsSync('.jsii')) throw new Failure('there is no .jsii: run "npm run compile" first');
  const tag = lastRelease();
  if (tag === undefined) selfCheck();
  else compareWith(tag);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  for (const line of error.message.split('\n')) console.log(`not ok ${line}`);
  process.exitCode = 1;
}
