// Bundles every handler to assets/<name>/index.mjs and the command line to build/cli/index.mjs and its chunks.
// Prebuilt, so that whoever synthesizes needs no bundler, no Docker and no network. Output is deterministic.
import { readdir, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const common = {
  bundle: true, platform: 'node', minify: true, keepNames: true, legalComments: 'none', logLevel: 'warning', mainFields: ['module', 'main'],
};

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

/** What the command uses only where it is installed: native code. */
const NOT_BUNDLED = ['@napi-rs/keyring'];

/** Ink loads a debugger if DEV is set, which is many people's own variable. */
const noDebugger = {
  name: 'no-debugger',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/devtools\.js$/ }, ({ importer }) => (/[/\\]ink[/\\]/.test(importer) ? { path: 'devtools', namespace: 'none' } : undefined));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export {};' }));
  },
};

/**
 * ES modules, since Ink's layout awaits at its top; in chunks, so that what a command does not need is not read. The shebang is the entry's own.
 * Packages that are CommonJS ask for Node's modules by `require`, which ES modules have not.
 */
async function commandLine() {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  return {
    ...common, target: 'node20', format: 'esm', splitting: true, entryPoints: { index: 'cli/main.ts' }, outdir: 'build/cli',
    outExtension: { '.js': '.mjs' }, chunkNames: 'chunks/[name]-[hash]', external: NOT_BUNDLED, plugins: [noDebugger],
    banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
    define: { PACKAGE_VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  };
}

await Promise.all(['assets', 'build/cli'].map((folder) => rm(folder, { recursive: true, force: true })));
await Promise.all([
  ...(await handlers()).map(({ name, entry }) =>
    build({ ...common, target: 'node22', format: 'esm', entryPoints: [entry], outfile: `assets/${name}/index.mjs` })),
  build(await commandLine()),
]);
