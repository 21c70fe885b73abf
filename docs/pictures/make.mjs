// Takes the pictures of the READMEs: `node docs/pictures/make.mjs`, after `npm run bundle`. Needs tmux and bash. Runs the command on a simulated
// footprint and a live cache, in a terminal of 80 or 110 columns, and draws what the terminal shows as SVG.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const take = (name, title, columns = 80) => {
  writeFileSync(join(HERE, `${name}.svg`), svgOf(tmux('capture-pane', '-p', '-e'), { columns, rows: 24, title }));
};

/** The world is made for tests: what it needs of Jest is left out. */
const withoutJest = {
  name: 'without-jest',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.\/terminal$/ }, () => ({ path: 'terminal', namespace: 'none' }));
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

try {
  await play('world', 80, config);
  await play('live-world', 110, live);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
