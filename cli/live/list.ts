import { Command } from 'commander';
import type { ListedResult } from '../../runtime/live/operator/listed-result.js';
import { columns } from '../columns.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { bytes, count, printable, span } from '../format.js';
import { wholeNumber } from '../config/numbers.js';
import { withOperator } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';
import { addScopeOptions, scopeFrom, type ScopeOptions } from './scopes.js';

interface ListOptions extends LiveGroupOptions, ScopeOptions {
  readonly limit?: string;
}

const LIMIT = 50;

export function listCommand(wire: Wire): Command {
  return addScopeOptions(new Command('ls').description('results in the index, and executions under way'), 'only results of this scope')
    .option('-n, --limit <number>', `this many at most (default: ${LIMIT})`)
    .addHelpText('after', `
Neither scopes nor queries can be read in the index: a scope is shown by the beginning of its HMAC. To name one, --key-secret is needed.

Examples:
  cache-tiers live ls
  cache-tiers live ls --scope tenant-7 --limit 500
  cache-tiers live ls --json | jq -r '.results[] | select(.state == "stale") | .id'`)
    .action(wire(list));
}

const list: Action<ListOptions> = (options, io) => {
  const limit = wholeNumber('--limit', options.limit) ?? LIMIT;
  const scope = scopeFrom(options);
  return withOperator(options, io, scope === undefined ? [] : ['keys'], async (operator, { namespace }) => {
    const { results, more } = await operator.list({ scope, limit, signal: io.signal });
    if (options.json) {
      io.stdout.write(`${JSON.stringify({ namespace, results: results.map(resultAsJson), more }, undefined, 2)}\n`);
      return EXIT.ok;
    }
    if (results.length === 0) io.stderr.write('no results\n');
    else io.stdout.write(`${columns([HEADER, ...results.map(row)], { right: true })}\n`);
    if (more) io.stderr.write(`there are more than ${count(limit)}: --limit shows them\n`);
    return EXIT.ok;
  });
};

const HEADER = ['id', 'state', 'age', 'fresh for', 'bytes', 'rows', 'objects', 'took', 'scope'];

function row({ id, scope, state, age, freshFor = 0, bytes: size, rows, segments, duration }: ListedResult): string[] {
  return [
    printable(id), state, age === undefined ? '' : span(age), freshFor > 0 ? span(freshFor) : '', bytes(size), rows === undefined ? '' : count(rows),
    count(segments), duration === undefined ? '' : span(duration), printable(scope.slice(0, 8)),
  ];
}

/** Times in milliseconds, whatever is not known left out. */
export function resultAsJson({ age, freshFor, expiresIn, duration, segments, ...known }: ListedResult) {
  return { ...known, objects: segments, ageMs: age, freshForMs: freshFor, expiresInMs: expiresIn, durationMs: duration };
}
