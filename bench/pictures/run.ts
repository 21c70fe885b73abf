// Draws the pictures of all kept results: `npm run bench -- pictures`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barsOf, type KeptRun } from './bars.js';
import { CHOSEN } from './chosen.js';

const RESULTS = join(__dirname, '../results');

for (const file of readdirSync(RESULTS).filter((name) => name.endsWith('.json')).sort()) {
  const run = JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as KeptRun;
  writeFileSync(join(__dirname, `${run.claim}.svg`), barsOf(run, CHOSEN[run.claim]));
  console.log(`bench/pictures/${run.claim}.svg`);
}
