// Bundles every handler to assets/<name>/index.mjs and the command line to build/cli/index.js.
// Prebuilt, so that whoever synthesizes needs no bundler, no Docker and no network. Output is deterministic.
import { readdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const common = {
  bundle: true, platform: 'node', minify: true, keepNames: true, legalComments: 'none', logLevel: 'warning', mainFields: ['module', 'main'],
};
const shebang = { js: '#!/usr/bin/env node' };

async function handlers() {
  const found = [];
  for (const folder of await readdir('lambda-src', { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of await readdir(`lambda-src/${folder.name}`)) {
      if (file.endsWith('.lambda.ts')) found.push({ name: file.slice(0, -'.lambda.ts'.length), entry: `lambda-src/${folder.name}/${file}` });
    }
  }
  return found;
}

await rm('assets', { recursive: true, force: true });
await Promise.all([
  ...(await handlers()).map(({ name, entry }) =>
    build({ ...common, target: 'node22', format: 'esm', entryPoints: [entry], outfile: `assets/${name}/index.mjs` })),
  build({ ...common, target: 'node20', format: 'cjs', entryPoints: ['cli/main.ts'], outfile: 'build/cli/index.js', banner: shebang }),
]);
