/**
 * What runs beside the service, in one folder: the page and its script, the engine's thread, and DuckDB itself.
 *
 *     node build.mjs [folder]     node_modules/.cache/assets if no folder is given
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, 'node_modules/.cache/assets'));

await mkdir(out, { recursive: true });
await Promise.all([
  build({
    entryPoints: { page: path.join(here, 'page/page.js') }, outdir: out,
    bundle: true, minify: true, platform: 'browser', format: 'esm', target: 'es2022', logLevel: 'warning',
  }),
  build({
    entryPoints: { 'duckdb.worker': path.join(here, 'engine/duckdb.worker.ts') }, outdir: out,
    bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node22', outExtension: { '.js': '.cjs' }, logLevel: 'warning',
  }),
  ...['index.html', 'page.css'].map((file) => copyFile(path.join(here, 'page', file), path.join(out, file))),
  copyFile(createRequire(import.meta.url).resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'), path.join(out, 'duckdb-eh.wasm')),
]);
