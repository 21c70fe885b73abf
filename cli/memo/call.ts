import type { Command } from 'commander';
import type { Found } from '../../runtime/memoize/operator.js';
import { UsageError } from '../context.js';
import { ago, printable, span } from '../format.js';

/** Options that name one call. */
export interface CallOptions {
  readonly args?: string;
  readonly key?: string;
  readonly versionScope?: string;
}

export function addCallOptions(command: Command): Command {
  return command
    .argument('[name]', 'name of the memoized function')
    .option('-a, --args <json>', 'the call\'s arguments as a JSON array: \'["p-42", 3]\'')
    .option('-k, --key <key>', 'the call\'s key as .key() gives it, in place of name and arguments')
    .option('--version-scope <version>', 'the version that memoize was given');
}

export const CALL_HELP = `
Arguments that JSON does not know (Date, Map, undefined, BigInt…) need --key. Where memoize was given a \`key\` function, its result
is the only argument. Where it was given a \`version\`, --version-scope is needed.`;

/** The key of the call that the command line names. @throws UsageError */
export async function keyFrom(name: string | undefined, { args, key, versionScope }: CallOptions): Promise<string> {
  const { checkedKey, keyOfCall } = await import('../../runtime/memoize/operator-targets.js');
  if (key !== undefined) {
    const others = [name && `the name '${name}'`, args && '--args', versionScope && '--version-scope'].filter(Boolean);
    if (others.length > 0) throw new UsageError(`--key names the call already: leave out ${others.join(' and ')}`);
    return checkedKey(key);
  }
  if (name === undefined) throw new UsageError('no call is named: give the function\'s name and --args, or --key');
  if (args === undefined) throw new UsageError(`--args is missing: give the arguments of '${name}' ('[]' if it was called without any), or --key`);
  return keyOfCall({ name, args: parseArguments(args), version: versionScope });
}

function parseArguments(text: string): unknown[] {
  let parsed: unknown;
  let reason = '';
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    reason = ` (${(error as Error).message})`;
  }
  if (Array.isArray(parsed)) return parsed;
  throw new UsageError(`--args must be a JSON array such as '["p-42", 3]', got '${text}'${reason}`);
}

/** Whether a call would be given the value. */
export function isUsable(found: Found): found is Extract<Found, { state: 'fresh' | 'stale' }> {
  return found.state === 'fresh' || found.state === 'stale';
}

/** What is known of an entry, in a line. */
export function describeFound(found: Found, now: number): string {
  const computed = 'createdAt' in found ? `computed ${ago(found.createdAt, now)} in ${span(found.duration)}` : '';
  const lease = found.lease ? `; a process is computing it, for at most ${span(found.lease.until - now)} more` : '';
  return `${stateOf(found, now)}${computed && `; ${computed}`}${lease}`;
}

function stateOf(found: Found, now: number): string {
  switch (found.state) {
    case 'absent': return 'nothing is there';
    case 'deleted': return 'deleted';
    case 'fresh': return `fresh, expires ${ago(found.expiresAt, now)}`;
    case 'stale': return `stale, expired ${ago(found.expiresAt, now)}`;
    case 'expired': return `expired ${ago(found.expiresAt, now)}`;
    case 'invalidated': return `flushed ${ago(found.invalidatedAt, now)} by ${describeScope(found.scope)}`;
  }
}

/** What a generation counter stands for. */
export function describeScope(scope: string): string {
  const [, kind, name] = /^#(all|fn|tag)(?:#(.*))?$/s.exec(scope) ?? [];
  if (kind === 'all') return 'everything';
  return kind === undefined ? printable(scope) : `${kind === 'fn' ? 'function' : 'tag'} '${printable(name)}'`;
}

/** The same for programs; times as ISO 8601. */
export function foundAsJson(found: Found): Record<string, unknown> {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  return {
    key: found.key,
    found: isUsable(found),
    state: found.state,
    ...('createdAt' in found && { createdAt: time(found.createdAt), durationMs: found.duration, expiresAt: time(found.expiresAt) }),
    ...(found.state === 'invalidated' && { invalidatedBy: found.scope, invalidatedAt: time(found.invalidatedAt) }),
    ...(found.lease && { leasedUntil: time(found.lease.until) }),
  };
}
