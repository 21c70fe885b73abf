/** A request as the service sees it, whatever server it came through. */
export interface HttpRequest {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** Aborts when the caller is gone. */
  readonly signal?: AbortSignal;
}

/** The request asks for something that is not there, or says what nobody understands. */
export class RequestError extends Error {
  readonly code = 'E_REQUEST';
  override readonly name = 'RequestError';

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const CACHE_MODES = ['default', 'reload', 'no-store', 'only-if-cached'] as const;
const MAX_SQL = 16 * 1024;

export interface QueryBody {
  readonly sql: string;
  readonly cache: typeof CACHE_MODES[number];
}

export interface InvalidationBody {
  readonly tags: readonly string[];
  /** Dataset that has changed. */
  readonly dataset?: string;
}

/** @returns the text in a normal form: it is a part of the cache's key */
export function readQuery(body: string): QueryBody {
  const { sql, cache = 'default' } = readObject(body);
  if (typeof sql !== 'string') throw new RequestError(400, '"sql" must be the text of a query');
  if (sql.length > MAX_SQL) throw new RequestError(400, `"sql" has ${sql.length} characters: at most ${MAX_SQL} are taken`);
  const text = sql.trim().replace(/[;\s]+$/, '');
  if (text === '') throw new RequestError(400, '"sql" is empty: give the text of a query');
  const mode = CACHE_MODES.find((known) => known === cache);
  if (!mode) throw new RequestError(400, `"cache" must be one of ${CACHE_MODES.join(', ')}, got ${JSON.stringify(cache)}`);
  return { sql: text, cache: mode };
}

export function readInvalidation(body: string): InvalidationBody {
  const { tags = [], dataset } = readObject(body);
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) throw new RequestError(400, '"tags" must be a list of strings');
  if (dataset !== undefined && typeof dataset !== 'string') throw new RequestError(400, '"dataset" must be the name of a dataset');
  if (tags.length === 0 && dataset === undefined) throw new RequestError(400, 'nothing to invalidate: give "tags" or a "dataset"');
  return { tags, dataset };
}

/** Who asks. A real service takes this from a token that it has verified, never from what the caller merely says. */
export function tenantOf({ headers }: HttpRequest): string | undefined {
  const tenant = headers['x-tenant'];
  return typeof tenant === 'string' && tenant !== '' ? tenant : undefined;
}

function readObject(body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch { /* told below */ }
  throw new RequestError(400, 'the body must be a JSON object');
}
