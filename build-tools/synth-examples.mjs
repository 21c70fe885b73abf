// Synthesizes every example as `cdk synth --strict` would for a user: a warning of the template's validation is a failure.
// Output goes to dist/cdk.out/<name>. Build first: an example imports the package by its name, which is what was built.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [folder = 'examples', output = 'dist/cdk.out'] = process.argv.slice(2);
const CDK = resolve('node_modules/aws-cdk/bin/cdk');
const OPTIONS = ['--quiet', '--strict', '--no-notices', '--no-version-reporting', '--no-lookups'];

const examples = (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'cdk.json')))
  .map(({ name }) => name)
  .sort();
if (examples.length === 0) {
  console.error(`no folder in ${folder} has a cdk.json: there is nothing to synthesize`);
  process.exit(1);
}

/** An app's command finds tsx as it would under npx. */
const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');

function synthesize(name) {
  const out = resolve(output, name);
  rmSync(out, { recursive: true, force: true }); // an old validation report would be printed again
  mkdirSync(out, { recursive: true });
  return new Promise((done) => {
    const printed = [];
    const child = spawn(process.execPath, [CDK, 'synth', '**', ...OPTIONS, '--output', out], {
      cwd: join(folder, name),
      env: { ...process.env, PATH, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
    child.on('close', (code) => done({ code, printed: Buffer.concat(printed).toString() }));
  });
}

const failed = [];
for (const name of examples) {
  const start = performance.now();
  const { code, printed } = await synthesize(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'synthesized' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) continue;
  failed.push(name);
  console.error(printed);
}
if (failed.length > 0) {
  console.error(`${failed.length} of ${examples.length} examples failed: ${failed.join(', ')}`);
  process.exit(1);
}
