// Bundles every handler to assets/<name>/index.mjs and the command line to build/cli/.
// Prebuilt, so that whoever synthesizes needs no bundler, no Docker and no network. Output is deterministic.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { notices, thirdParty } from './third-party.mjs';

const common = {
  bundle: true, platform: 'node', minify: true, keepNames: true, legalComments: 'none', logLevel: 'warning', mainFields: ['module', 'main'],
  metafile: true,
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

/** What the command begins with leaves the rest to ES modules beside it, and what talks to AWS or finds what is like a text out. */
const beginning = {
  name: 'beginning',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/start\.js$/ }, () => ({ path: './start.mjs', external: true }));
    onResolve({ filter: /^\.\.\/connection\.js$/ }, () => ({ path: 'connection', namespace: 'none' }));
    onResolve({ filter: /^@leeoniya\/ufuzzy$/ }, () => ({ path: 'ufuzzy', namespace: 'none' }));
    onLoad({ filter: /^connection$/, namespace: 'none' }, () => ({ contents: 'export {};' }));
    onLoad({ filter: /^ufuzzy$/, namespace: 'none' }, () => ({ contents: 'export default undefined;' }));
  },
};

/**
 * `index.js` is small and CommonJS, which Node begins with soonest; it has all that completion needs. The commands are ES modules, since Ink's layout
 * awaits at its top; in chunks, so that what a command does not need is not read. Packages that are CommonJS ask for Node's modules by `require`,
 * which ES modules have not.
 */
async function commandLine() {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const options = {
    ...common, target: 'node20', outdir: 'build/cli', define: { PACKAGE_VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  };
  return [
    { ...options, format: 'cjs', entryPoints: { index: 'cli/main.ts' }, plugins: [beginning] },
    {
      ...options, format: 'esm', splitting: true, entryPoints: { start: 'cli/start.ts' }, outExtension: { '.js': '.mjs' },
      chunkNames: 'chunks/[name]-[hash]', external: NOT_BUNDLED, plugins: [noDebugger],
      banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
    },
  ];
}

await Promise.all(['assets', 'build/cli'].map((folder) => rm(folder, { recursive: true, force: true })));
const metafiles = async (builds) => (await Promise.all(builds.map((options) => build(options)))).map(({ metafile }) => metafile);
const bundles = {
  handlers: await metafiles((await handlers()).map(({ name, entry }) =>
    ({ ...common, target: 'node22', format: 'esm', entryPoints: [entry], outfile: `assets/${name}/index.mjs` }))),
  'command line': await metafiles(await commandLine()),
};
const { bundledDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
await writeFile('build/THIRD-PARTY-NOTICES.txt', notices(thirdParty(bundles, bundledDependencies.map((name) => `node_modules/${name}`))));
