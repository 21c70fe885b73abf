import type { Command } from 'commander';
import type { KeyPart } from '../../runtime/live/options.js';
import { UsageError } from '../context.js';

/** A scope can be named as a text, or as JSON where it is none. */
export interface ScopeOptions {
  readonly scope?: string;
  readonly scopeJson?: string;
}

export function addScopeOptions(command: Command, what: string): Command {
  return command
    .option('--scope <text>', `${what}, where it is a text`)
    .option('--scope-json <json>', 'the same where it is a number, a list or an object');
}

/** @returns undefined if none is named; @throws UsageError */
export function scopeFrom({ scope, scopeJson }: ScopeOptions): KeyPart | undefined {
  if (scope !== undefined && scopeJson !== undefined) throw new UsageError('--scope and --scope-json name two scopes: leave out one of them');
  return scopeJson === undefined ? scope : parsed(scopeJson);
}

function parsed(text: string): KeyPart {
  try {
    return JSON.parse(text) as KeyPart;
  } catch (error) {
    throw new UsageError(`--scope-json must be JSON such as '{"tenant":7}', got '${text}' (${(error as Error).message})`);
  }
}

/** Several of them. */
export function scopesFrom(texts: readonly string[] = [], json: readonly string[] = []): KeyPart[] {
  return [...texts, ...json.map(parsed)];
}
