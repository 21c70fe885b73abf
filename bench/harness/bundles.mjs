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

function needsRequire(subject) {
  return subject !== 'ours' && subject !== 'bare-http';
}
