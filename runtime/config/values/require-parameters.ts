import { CacheTiersError, InvalidArgumentError, show } from '../../errors.js';
import { connectionOf, type ConfigOptions } from '../connection.js';
import { ConfigClient } from './config-client.js';
import type { ConfigClientOptions } from './options.js';
import { DENIED, MISSING } from './read-errors.js';
import { pathOf } from './reference.js';

/** Names below a path. */
export interface RequiredBelow {
  readonly path: string;
  /** With or without a slash at the beginning: `db/url`. */
  readonly names: readonly string[];
}

export type RequireOptions = ConfigOptions & Pick<ConfigClientOptions, 'decrypt' | 'timeout' | 'concurrency'> & { readonly signal?: AbortSignal };

/** Some of the parameters that are required cannot be had. */
export class ParametersMissingError extends CacheTiersError {
  constructor(readonly missing: readonly string[], readonly denied: readonly string[], cause: unknown) {
    const parts = [
      listed(missing, 'required parameters do not exist', 'required parameter does not exist'),
      listed(denied, 'may not be read, or not be decrypted', 'may not be read, or not be decrypted'),
    ].filter((part) => part !== undefined);
    super('E_CONFIG_PARAMETERS_MISSING',
      `${parts.join('; ')}. Create what is missing, check account and Region, and allow the caller to read them`, { cause });
    this.name = 'ParametersMissingError';
  }
}

/**
 * Makes sure that parameters exist and can be read, decryption included: in a pipeline before a deployment, or when an application starts.
 *
 * @param required names, with versions or labels if need be, or names below a path
 * @returns values by their full names
 * @throws ParametersMissingError `E_CONFIG_PARAMETERS_MISSING`, which lists all that are missing, and all that may not be read
 * @throws InvalidArgumentError `E_CONFIG_NAME`, `E_CONFIG_PATH`
 * @throws AwsError if Parameter Store cannot be asked
 *
 * @example
 * const { '/app/db/url': url } = await requireParameters(['/app/db/url', '/app/db/password']);
 */
export async function requireParameters(required: readonly string[] | RequiredBelow, options: RequireOptions = {}): Promise<Record<string, string>> {
  const names = namesOf(required);
  const { signal, ...rest } = options;
  const connection = connectionOf(rest);
  const client = new ConfigClient({ ...rest, connection, ttl: 0, staleIfError: 0 });
  try {
    const outcomes = await Promise.allSettled(names.map((name) => client.get(name, { signal })));
    const failures = outcomes.flatMap((outcome, i) => outcome.status === 'rejected' ? [{ name: names[i]!, error: outcome.reason as unknown }] : []);
    const other = failures.find(({ error }) => !hasCode(error, MISSING) && !hasCode(error, DENIED));
    if (other !== undefined) throw other.error;
    if (failures.length > 0) {
      const withCode = (codes: readonly string[]) => failures.filter(({ error }) => hasCode(error, codes)).map(({ name }) => name);
      throw new ParametersMissingError(withCode(MISSING), withCode(DENIED), failures[0]!.error);
    }
    return Object.fromEntries(outcomes.map((outcome, i) => [names[i]!, (outcome as PromiseFulfilledResult<string>).value]));
  } finally {
    if (!('connection' in options)) connection.close();
  }
}

function namesOf(required: readonly string[] | RequiredBelow): readonly string[] {
  const below = Array.isArray(required) ? undefined : required as RequiredBelow;
  const names: unknown = below === undefined ? required : below?.names;
  if (!Array.isArray(names) || names.length === 0) {
    throw new InvalidArgumentError('E_CONFIG_NAME', `names of required parameters must be an array with at least one, got ${show(names)}`);
  }
  if (below === undefined) return [...new Set(names as string[])];
  const path = pathOf(below.path);
  return [...new Set((names as string[]).map((name) => `${path === '/' ? '' : path}/${String(name).replace(/^\/+/, '')}`))];
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof CacheTiersError && codes.includes(error.code);
}

function listed(names: readonly string[], several: string, one: string): string | undefined {
  if (names.length === 0) return undefined;
  return `${names.length} ${names.length === 1 ? one : several}: ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}
