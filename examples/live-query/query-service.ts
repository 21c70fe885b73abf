import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { LiveClient, LiveResult } from 'cdk-cache-tiers/live';
import type { DuckDb } from './engine/duckdb';
import { readInvalidation, readQuery, RequestError, tenantOf, type HttpRequest } from './request';

/** What goes back, whatever server it goes through. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable;
}

/** The one dataset that there is: everything that is cached reads it. */
const DATASET = 'sales';
const PREVIEW_ROWS = 50;
const LONGEST_QUERY = '60s';

const PAGE = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
} as const;

/** Status by error code; all others are the service's own fault. */
const STATUS: Readonly<Record<string, number>> = {
  E_QUERY: 400,
  E_LIVE_BUSY: 503,
  E_LIVE_CLOSED: 503,
  E_LIVE_NOT_CACHED: 504,
  E_LIVE_TIMEOUT: 504,
};

/** Nothing from elsewhere; the icon is in the page itself. */
const POLICY = 'default-src \'self\'; img-src data:; frame-ancestors \'none\'';

/** Answers the same to `server.ts` and to `query.lambda.ts`. */
export class QueryService {
  readonly #page = new Map<string, HttpAnswer>();

  /** @param assets folder that `build.mjs` has made */
  constructor(readonly live: LiveClient, readonly engine: DuckDb, assets: string) {
    for (const [address, [file, type]] of Object.entries(PAGE)) {
      const headers = { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-cache' };
      this.#page.set(address, { status: 200, headers, body: readFileSync(path.join(assets, file), 'utf8') });
    }
  }

  async answer(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#route(request);
    } catch (error) {
      const { code = 'E_INTERNAL', message, status } = error as { code?: string; message: string; status?: number };
      return json(status ?? STATUS[code] ?? (code.startsWith('E_LIVE_INDEX_') ? 503 : 500), { error: { code, message } });
    }
  }

  async #route(request: HttpRequest): Promise<HttpAnswer> {
    switch (`${request.method} ${request.path}`) {
      case 'POST /query': return arrow(await this.#query(request));
      case 'POST /preview': return arrow(await this.#preview(request));
      case 'POST /invalidate': return this.#invalidate(request);
      case 'GET /health': return this.#health();
    }
    const file = this.#page.get(request.path);
    if (request.method === 'GET' && file) return file;
    throw new RequestError(404, `there is no ${request.method} ${request.path}`);
  }

  /** Through the cache: executed once, however many ask. */
  #query(request: HttpRequest): Promise<LiveResult> {
    const { sql, cache } = readQuery(request.body);
    const tenant = tenantOf(request);
    return this.live.query(
      {
        scope: tenant, // none: the query is executed, and nothing is cached
        key: { sql, rows: this.engine.rows },
        tags: tenant === undefined ? [] : [`tenant:${tenant}`],
        datasets: [DATASET],
        cache,
        signal: request.signal,
        executionTimeout: LONGEST_QUERY,
      },
      ({ signal }) => this.engine.arrowStream(sql, { signal }),
    );
  }

  /** A look at the first rows: nothing of it comes near the cache. */
  #preview(request: HttpRequest): Promise<LiveResult> {
    const { sql } = readQuery(request.body);
    return this.live.query(
      { mode: 'preview', signal: request.signal, executionTimeout: LONGEST_QUERY },
      ({ signal }) => this.engine.arrowStream(sql, { limit: PREVIEW_ROWS, signal }),
    );
  }

  async #invalidate({ body }: HttpRequest): Promise<HttpAnswer> {
    const { tags, dataset } = readInvalidation(body);
    if (tags.length > 0) await this.live.invalidate({ tags });
    // The table never changes here. Where one does, its snapshot's identifier stands in place of this.
    if (dataset !== undefined) await this.live.setDatasetVersion(dataset, randomUUID());
    return json(200, { invalidated: { tags, dataset } });
  }

  async #health(): Promise<HttpAnswer> {
    await this.engine.start();
    return json(200, { engine: 'ready', cache: this.live.stats() });
  }
}

const arrow = (result: LiveResult): HttpAnswer => ({ status: 200, headers: result.headers(), body: result.toNodeStream() });

const json = (status: number, value: object): HttpAnswer =>
  ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
