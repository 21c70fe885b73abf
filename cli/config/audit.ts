import { Command } from 'commander';
import type { AuditEntry } from '../../runtime/config/audit/fold.js';
import type { AuditQuery } from '../../runtime/config/audit/query.js';
import { UsageError, type Action, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { instantOf, TIMES_HELP } from '../instant.js';
import { MASK } from '../mask.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { wholeNumber } from './numbers.js';
import { writeLine } from './write-line.js';

interface AuditOptions extends ConfigGroupOptions {
  readonly prefix?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly values?: boolean;
  readonly oldestFirst?: boolean;
}

const DEFAULT_LIMIT = 100;

export function auditCommand(wire: Wire): Command {
  return new Command('audit')
    .description('what was done to parameters, when and by whom, newest first')
    .argument('[name]', 'of one parameter')
    .option('--prefix <path>', 'of the parameters of a path')
    .option('--actor <arn>', 'by one actor: the ARN as the log has it')
    .option('--since <time>', 'not earlier (default: 30 days ago; of one name or actor, all there is)')
    .option('--until <time>', 'not later')
    .option('-n, --limit <number>', `this many at most, or all (default: ${DEFAULT_LIMIT})`)
    .option('--values', 'with the values as they were written; of a SecureString, only that there is one')
    .option('--oldest-first', 'oldest first')
    .addHelpText('after', `
With --json each entry is one line (NDJSON), as there may be any number of them. A deletion of many shows name by name. A deletion with
"not before" was told by no event: it happened between the two times.
${TIMES_HELP}

Examples:
  cache-tiers config audit /app/db/host --values
  cache-tiers config audit --prefix /app --since 7d
  cache-tiers config audit --since 2026-03-01 --limit all --json | jq -r .user | sort | uniq -c`)
    .action(wire(audit));
}

const audit: Action<AuditOptions> = (options, io, name) => {
  const query = queryOf(options, name);
  const limit = options.limit === 'all' ? Infinity : wholeNumber('--limit', options.limit) ?? DEFAULT_LIMIT;
  return withConfig(options, io, async (connection) => {
    const { AuditLog } = await import('../../runtime/config/audit/audit-log.js');
    let entries = 0;
    for await (const entry of new AuditLog({ connection }).entries(query, io.signal)) {
      if (entries === limit) {
        io.stderr.write(`there are more than ${limit}: --limit all, or --since and --until\n`);
        break;
      }
      entries += 1;
      await writeLine(io, options.json ? JSON.stringify(asJson(entry)) : asLine(entry));
    }
    if (entries === 0) io.stderr.write('nothing in the log\n');
    return EXIT.ok;
  });
};

function queryOf({ prefix, actor, since, until, values, oldestFirst }: AuditOptions, name: string | undefined): AuditQuery {
  if (name !== undefined && prefix !== undefined) throw new UsageError('a name and --prefix are one too many: leave out one of them');
  const now = Date.now();
  return {
    ...(name !== undefined && { name }), ...(prefix !== undefined && { prefix }), ...(actor !== undefined && { actor }),
    ...(since !== undefined && { since: instantOf(since, '--since', now) }), ...(until !== undefined && { until: instantOf(until, '--until', now) }),
    order: oldestFirst ? 'oldest' : 'newest', values: values ?? false,
  };
}

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

function asLine({ time: at, notBefore, action, name, version, type, labels, user, value }: AuditEntry): string {
  const parts = [
    time(at), action, name, version === undefined ? '' : `version ${version}`, type ?? '', labels === undefined ? '' : `labels ${labels.join(',')}`,
    user === undefined ? '' : `by ${user}`, notBefore === undefined ? '' : `not before ${time(notBefore)}`,
    value === undefined ? '' : `value ${type === 'SecureString' ? MASK : value}`,
  ];
  return printable(parts.filter((part) => part !== '').join('  '));
}

/** Ciphertexts stay where they are. */
function asJson({ time: at, notBefore, value, byTime: _byTime, byActor: _byActor, ttl: _ttl, ...entry }: AuditEntry): object {
  return {
    ...entry, time: time(at), ...(notBefore !== undefined && { notBefore: time(notBefore) }),
    ...(value !== undefined && (entry.type === 'SecureString' ? { encrypted: true } : { value })),
  };
}
