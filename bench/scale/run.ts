// Simulates the four tiers from 1 to 10^6 requests a second: `npm run bench -- scale`. See README.md of the bench, and docs/scale.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRICES, PRICES_SEEN } from './prices.js';
import { breaksOf, tableOf, workloadOf } from './table.js';
import { DECADES, estimatesOf, pictureOf, TIERS, withSettings } from './tiers.js';

const USAGE = `Usage: npm run bench -- scale [<tier> …] [--set NAME=NUMBER …] [--price NAME=NUMBER …] [--json] [--svg FOLDER]

  <tier>               one or more of: ${Object.keys(TIERS).join(', ')}; all without
  --set NAME=NUMBER    another workload, of one tier: what can be set is printed above its table
  --price NAME=NUMBER  another price, in USD: ${Object.keys(PRICES).join(', ')}
  --json               the estimates and what they were made of, as JSON
  --svg FOLDER         also a picture a tier, scale-<tier>.svg
  --help               show this`;

function main(): void {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] }, price: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false }, svg: { type: 'string' }, help: { type: 'boolean' },
    },
  });
  if (options.help) return console.log(USAGE);
  const names = positionals.length > 0 ? positionals : Object.keys(TIERS);
  const unknown = names.filter((name) => !Object.hasOwn(TIERS, name));
  if (unknown.length > 0) throw new Error(`no such tier: ${unknown.join(', ')}`);
  if (options.set.length > 0 && names.length !== 1) throw new Error('--set is for one tier: name it');
  const prices = withSettings(PRICES, options.price, '--price');
  const made = names.map((name) => {
    const tier = TIERS[name]!;
    const workload = withSettings(tier.defaults, options.set, '--set');
    return { name, tier, workload, estimates: estimatesOf(tier, workload, DECADES, prices) };
  });
  for (const { name, workload } of options.svg === undefined ? [] : made) {
    writeFileSync(join(options.svg!, `scale-${name}.svg`), pictureOf(name, workload, prices));
  }
  if (options.json) return console.log(JSON.stringify({ prices, tiers: made.map(({ tier: _, ...rest }) => rest) }, undefined, 2));
  for (const { tier, workload, estimates } of made) {
    console.log(`${tier.title}, by ${tier.request} a second\n\n${workloadOf(workload)}\n\n${tableOf(estimates)}\n\n${breaksOf(estimates)}\n`);
  }
  console.log(`A model, not a measurement. Prices of us-east-1 in USD, ${PRICES_SEEN}: check them.`);
}

try {
  main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
