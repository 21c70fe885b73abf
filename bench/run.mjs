// Measures this package side by side with its peers. See README.md.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { endAll } from './harness/children.mjs';
import { keep, load } from './harness/kept-results.mjs';
import { buildClients, buildConstructs, bundleCommandLine, installPeers } from './harness/prepare.mjs';
import { details, summary } from './harness/print.mjs';
import { recordOf } from './harness/result.mjs';

const CLAIMS = readdirSync(join(import.meta.dirname, 'claims')).map((file) => file.replace(/\.mjs$/, '')).sort();
/** What belongs to the bench and measures nothing, each with options of its own. */
const PROGRAMS = { scale: 'scale/run.ts', pictures: 'pictures/run.ts' };
const USAGE = `Usage: npm run bench [-- <claim> …] [--json FILE] [--quick] [--keep]
       npm run bench -- scale [--help]
       npm run bench -- pictures

  <claim>       one or more of: ${CLAIMS.join(', ')}; all without.
                The beginning of some, up to a hyphen, stands for all of them: live
  --json FILE   write the results to a file as well
  --quick       one round instead of several: a look, not a measurement
  --keep        write each claim's results to results/, of which pictures are drawn
  --build DIR   measure another build than build/
  --help        show this

  scale         simulates load, cost and hit ratios from 1 to 10^6 requests a second
  pictures      draws the pictures of all results in results/`;

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' }, quick: { type: 'boolean' }, keep: { type: 'boolean' }, build: { type: 'string' }, help: { type: 'boolean' },
      },
    });
    const meant = positionals.map((word) => CLAIMS.filter((claim) => `${claim}-`.startsWith(`${word}-`)));
    const unknown = positionals.filter((_, i) => meant[i].length === 0);
    if (unknown.length > 0) throw new Error(`no such claim: ${unknown.join(', ')}`);
    return { ...values, claims: positionals.length > 0 ? [...new Set(meant.flat())] : CLAIMS };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const [program, ...words] = process.argv.slice(2);
if (Object.hasOwn(PROGRAMS, program ?? '')) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, PROGRAMS[program]), ...words], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const { claims, json, quick = false, keep: keeps = false, build, help } = options();
if (help) {
  console.log(USAGE);
  process.exit(0);
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.once(signal, () => process.exit(code));
process.once('exit', endAll);

try {
  installPeers();
  if (build === undefined) buildClients();
} catch (error) {
  console.error(`cannot measure: ${error.message}`);
  process.exit(1);
}

const built = build === undefined ? join(import.meta.dirname, '..', 'build') : resolve(build);
const context = {
  /** The clients as they are published. */
  client: pathToFileURL(join(built, 'esm', 'runtime', 'memoize', 'index.js')).href,
  /** The client of the config tier: as it is published, and its parts as the command line has them. And the client of DynamoDB. */
  config: pathToFileURL(join(built, 'esm', 'runtime', 'config', 'index.js')).href,
  localCache: pathToFileURL(join(built, 'esm', 'runtime', 'config', 'local', 'local-config-cache.js')).href,
  restore: pathToFileURL(join(built, 'esm', 'runtime', 'config', 'restore', 'point-in-time-restore.js')).href,
  dynamodb: pathToFileURL(join(built, 'esm', 'runtime', 'aws', 'dynamodb.js')).href,
  /** The client of the live tier, and its parts: `arrow/framer.js`. */
  live: pathToFileURL(join(built, 'esm', 'runtime', 'live', 'index.js')).href,
  livePart: (path) => pathToFileURL(join(built, 'esm', 'runtime', 'live', path)).href,
  /** The client of the task tier. */
  tasks: pathToFileURL(join(built, 'esm', 'runtime', 'tasks', 'index.js')).href,
  /** The command line, bundled when a claim asks for it. */
  commandLine() {
    if (build === undefined) bundleCommandLine();
    return join(built, 'cli', 'index.js');
  },
  /** The constructs as they are published; built when a claim asks for them. */
  library() {
    if (build === undefined) buildConstructs();
    return join(built, 'index.js');
  },
  rounds: (count) => quick ? 1 : count,
};

const results = [];
let failed = 0;
for (const claim of claims) {
  const [begun, loadBefore] = [Date.now(), load()];
  console.log(`\n${claim}`);
  try {
    const { run } = await import(`./claims/${claim}.mjs`);
    const taken = await run(context);
    for (const result of taken) {
      results.push(result);
      console.log(details(result));
    }
    if (keeps) keep(claim, taken, { quick, load: [loadBefore, load()] });
    console.log(`  (${((Date.now() - begun) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed++;
    console.error(`  FAILED: ${error.message}`);
  }
}

if (results.length > 0) console.log(`\n${summary(results)}\n`);
console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}${quick ? ', quick: one round, not a measurement' : ''}`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify(results.map(recordOf), undefined, 2)}\n`);
if (failed > 0) {
  console.error(`${failed} of ${claims.length} claims could not be measured`);
  process.exitCode = 1;
}
