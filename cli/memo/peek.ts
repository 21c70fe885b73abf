import { Command } from 'commander';
import { inspect } from 'node:util';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { jsonValue } from '../json-value.js';
import { addCallOptions, CALL_HELP, describeFound, foundAsJson, isUsable, keyFrom, type CallOptions } from './call.js';
import { withTable } from './table.js';

interface PeekOptions extends CallOptions {
  readonly bucket?: string;
}

export function peekCommand(wire: Wire): Command {
  return addCallOptions(new Command('peek').description('show the cached value of one call, without running the function'))
    .option('--bucket <name>', 'overflow bucket, for values that are in it (default: $CACHE_BUCKET)')
    .addHelpText('after', `
Prints the value on standard output and what is known of it on standard error. With --json both are one document; what JSON cannot
hold is converted (Date to ISO 8601, Map to pairs, Set to a list, BigInt to digits, binary to base64) and listed in "converted".
${CALL_HELP}

Examples:
  cache-tiers memo peek getProduct --args '["p-42"]'
  cache-tiers memo peek --key 'getProduct##=s4:p-42' --json | jq .value

Exits with 3 if a call would not be given a value from the table: nothing is there, or it is deleted, flushed or expired.`)
    .action(wire(peek));
}

const peek: Action<PeekOptions> = async (options, io, name?: string) => {
  const key = await keyFrom(name, options);
  return withTable(options, io, async (operator) => {
    const found = await operator.find(key, io.signal);
    const usable = isUsable(found);
    const value = usable ? await found.value() : undefined;
    if (options.json) {
      const { value: json, converted } = jsonValue(value);
      io.stdout.write(`${JSON.stringify({ ...foundAsJson(found), ...(usable && { value: json, converted }) }, undefined, 2)}\n`);
    } else {
      io.stderr.write(`${printable(key)}: ${describeFound(found, Date.now())}\n`);
      if (usable) {
        const colors = io.stdout.isTTY === true && !io.env.NO_COLOR;
        const all = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity };
        io.stdout.write(`${inspect(value, { ...all, colors, breakLength: io.stdout.columns ?? 100 })}\n`);
      }
    }
    return usable ? EXIT.ok : EXIT.notFound;
  });
};
