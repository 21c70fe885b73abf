// One file of each client, as a Lambda function would have it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BENCH = join(import.meta.dirname, '..');
const OUT = join(BENCH, 'out');
const SDK = ['@aws-sdk/*', '@smithy/*'];
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"; // for CommonJS peers

/** @returns where the bundle is, and its size in bytes as it is and compressed */
export async function bundled(subject, { client, withSdk = true }) {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${subject}${withSdk ? '' : '-without-sdk'}.mjs`);
  const module = JSON.stringify(`./subjects/table/${subject}.mjs`);
  const contents = subject === 'ours'
    ? `import { createMemoizer } from ${JSON.stringify(fileURLToPath(client))};
       import { using } from ${module};
       export const open = using({ createMemoizer });`
    : `export { open } from ${module};`;
  await build({
    stdin: { contents, resolveDir: BENCH, loader: 'js' }, outfile,
    bundle: true, minify: true, format: 'esm', platform: 'node', target: 'node20', mainFields: ['module', 'main'],
    external: withSdk ? [] : SDK, logLevel: 'error',
    ...(needsRequire(subject) && { banner: { js: REQUIRE } }),
  });
  const text = readFileSync(outfile);
  return { url: pathToFileURL(outfile).href, bytes: text.length, gzipBytes: gzipSync(text, { level: 9 }).length };
}

/**
 * A subject of a claim about the config tier, with what it takes from this package: `using` of `subjects/<claim>/<subject>.mjs` is given that.
 *
 * @param {[string, string]} part its name, and the URL of its module
 * @returns URL of a module that exports what `using` gives as `subject`
 */
export async function withPart(claim, subject, [name, url]) {
  const outdir = join(OUT, claim, subject);
  const module = fileURLToPath(url);
  const contents = `import { ${name} } from ${JSON.stringify(module)};
    import { using } from ${JSON.stringify(`./subjects/${claim}/${subject}.mjs`)};
    export const subject = using({ ${name} });`;
  rmSync(outdir, { recursive: true, force: true });
  await build({
    stdin: { contents, resolveDir: BENCH, loader: 'js' }, outdir, entryNames: 'index', outExtension: { '.js': '.mjs' }, splitting: true,
    bundle: true, minify: true, format: 'esm', platform: 'node', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error',
    external: ['@napi-rs/keyring', '@aws-crypto/client-node'],
  });
  return pathToFileURL(join(outdir, 'index.mjs')).href;
}

/**
 * A whole program in one CommonJS file, which Node starts faster than a module: as the command line's own beginning is.
 *
 * @param {string} worker file of `workers/` that exports `run`, which is given the subject
 * @param {string} contents code that defines `subject`
 * @returns path of the file
 */
export async function asProgram(claim, subject, worker, contents) {
  const outfile = join(OUT, claim, `${subject}.cjs`);
  await build({
    stdin: { contents: `${contents}\nimport { run } from './workers/${worker}.mjs';\nrun(subject);`, resolveDir: BENCH, loader: 'js' }, outfile,
    bundle: true, minify: true, format: 'cjs', platform: 'node', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error',
    external: ['@napi-rs/keyring', '@aws-crypto/client-node', 'classic-level'],
  });
  return outfile;
}

function needsRequire(subject) {
  return subject !== 'ours' && subject !== 'bare-http';
}
