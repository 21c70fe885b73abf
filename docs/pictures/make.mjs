// Takes the pictures of the READMEs: `node docs/pictures/make.mjs`, after `npm run bundle`. Needs tmux and bash. Runs the command on a
// simulated footprint, a live cache and a bucket of results, in a terminal of 80 or 110 columns, and draws what the terminal shows as SVG.
// With names (`config`, `live`, `tasks`) it takes only theirs.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { svgOf } from './svg.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
const socket = join(folder, 'tmux');
const tmux = (...args) => execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Until a text is on the screen. */
async function shows(text) {
  for (let i = 0; i < 300; i += 1) {
    if (tmux('capture-pane', '-p').includes(text)) return;
    await pause(100);
  }
  throw new Error(`the terminal does not show ${JSON.stringify(text)}:\n${tmux('capture-pane', '-p')}`);
}

const type = (...keys) => tmux('send-keys', ...keys);
const take = (name, title, columns = 80, rows = 24) => {
  writeFileSync(join(HERE, `${name}.svg`), svgOf(tmux('capture-pane', '-p', '-e'), { columns, rows, title }));
};

/** The worlds are made for tests and the demo: what they need of Jest is left out, and the package is this one. */
const withoutJest = {
  name: 'without-jest',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.\/terminal$/ }, () => ({ path: 'terminal', namespace: 'none' }));
    onResolve({ filter: /^cdk-cache-tiers\/tasks$/ }, () => ({ path: join(ROOT, 'runtime/tasks/index.ts') }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export const cli = undefined;' }));
  },
};

async function startWorld(name) {
  const outfile = join(ROOT, `node_modules/.cache/pictures/${name}.cjs`); // beside the packages that it needs
  await build({
    entryPoints: [join(HERE, `${name}.ts`)], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', packages: 'external',
    plugins: [withoutJest],
  });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) return { child, env: JSON.parse(line) };
  throw new Error('there is no world');
}

/** Plays something in a terminal that finds a world. */
async function play(world, columns, scene) {
  const { child, env } = await startWorld(world);
  try {
    const command = join(folder, 'cache-tiers');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'build/cli/index.js')}' "$@"\n`);
    chmodSync(command, 0o755);
    const variables = { ...env, PATH: `${folder}:${process.env.PATH}`, LANG: 'C.UTF-8', PS1: '$ ', COLORTERM: '' };
    const assigned = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    tmux('new-session', '-d', '-x', String(columns), '-y', '24', 'env', ...assigned, 'bash', '--norc', '--noprofile');
    tmux('set', '-g', 'status', 'off');
    await scene(env);
  } finally {
    try { tmux('kill-server'); } catch { /* it was not started */ }
    child.kill();
  }
}

async function config(env) {
  type('source <(cache-tiers completion bash); cache-tiers config sync', 'Enter');
  await shows('full read of');
  type('clear', 'Enter');
  await pause(500);

  type('cache-tiers config browse', 'Enter');
  await shows('nothing has changed');
  type('/', 'checkout/db/pa');
  await shows('1 match');
  type('Enter');
  await shows('match 1 of 1');
  type('Enter');
  await shows('v shows it');
  take('browse', 'cache-tiers config browse: a tree of parameters, with a masked secret');
  type('q');
  await shows('$ cache-tiers config browse');

  type('clear', 'Enter');
  await pause(500);
  type(`cache-tiers config restore --prefix /app/checkout --time ${env.TIME}`, 'Enter');
  await shows('(y/N)');
  take('restore', 'cache-tiers config restore: the plan before anything is changed');
  type('n', 'Enter');
  await shows('nothing was done');

  type('C-l');
  await pause(300);
  type('cache-tiers config get /app/ch', 'Tab');
  await pause(1500);
  type('Tab', 'Tab');
  await pause(1500);
  take('completion', 'completion of names in bash');
}

async function live() {
  type('clear', 'Enter');
  await pause(500);
  type('cache-tiers live ls; cache-tiers live status', 'Enter');
  await shows('deleted after');
  take('live', 'cache-tiers live ls and status: what is cached, and where', 110);
}

async function tasks(env) {
  copyFileSync(env.TIMELINE, join(HERE, 'timeline.svg'));
  type(`cd ${env.PROJECT}; clear`, 'Enter');
  await pause(500);
  type('cache-tiers tasks run --path build -- sh build.sh', 'Enter');
  await shows('pushed');
  type('rm -r build', 'Enter');
  await pause(500);
  type('cache-tiers tasks run --path build -- sh build.sh', 'Enter');
  await shows('nothing to push');
  take('tasks-run', 'cache-tiers tasks run: a build, and the same in an empty folder', 110, 14);
  type('clear', 'Enter');
  await pause(500);
  type('cache-tiers tasks status', 'Enter');
  await shows('ArtifactParameters');
  take('tasks-status', 'cache-tiers tasks status: what is kept, and where', 110, 18);
  type('clear', 'Enter');
  await pause(500);
  type(`cache-tiers tasks explain ${env.TASK}`, 'Enter');
  await shows('changed since');
  await pause(500);
  take('tasks-explain', 'cache-tiers tasks explain: what a result was made of, and what differs from the one before', 110, 20);
}

const WORLDS = { config: ['world', 80, config], live: ['live-world', 110, live], tasks: ['tasks-world', 110, tasks] };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(WORLDS);

try {
  for (const name of wanted) await play(...WORLDS[name]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
