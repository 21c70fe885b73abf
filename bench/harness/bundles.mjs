// One file of each client, as a Lambda function would have it.
import { mkdirSync, readFileSync } from 'node:fs';
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
 * Our part of a claim about the config tier's client.
 *
 * @param {boolean} options.whole as one file, as a command line has it; otherwise the client stays as it is published, module by module
 */
export async function configBundle(claim, client, { whole = true } = {}) {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${claim}${whole ? '' : '-unbundled'}.mjs`);
  const contents = `import * as client from ${JSON.stringify(fileURLToPath(client))};
    import { using } from ${JSON.stringify(`./subjects/${claim}/ours.mjs`)};
    export const search = using(client);`;
  await build({
    stdin: { contents, resolveDir: BENCH, loader: 'js' }, outfile,
    bundle: true, minify: whole, format: 'esm', platform: 'node', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error',
    external: whole ? ['@napi-rs/keyring', '@aws-crypto/client-node'] : [fileURLToPath(client)],
  });
  return { url: pathToFileURL(outfile).href };
}

function needsRequire(subject) {
  return subject !== 'ours' && subject !== 'bare-http';
}
