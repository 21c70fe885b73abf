import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineSettings, FromEngine, ToEngine } from './protocol';

/** The query itself is wrong: it would fail anywhere, and again. */
export class QueryError extends Error {
  readonly code = 'E_QUERY';
  override readonly name = 'QueryError';
}

/** The engine's thread ended while the query ran. */
export class EngineError extends Error {
  readonly code = 'E_ENGINE';
  override readonly name = 'EngineError';
}

export interface RunOptions {
  /** Rows at the most. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What a query's stream waits for: pieces that have come and were not taken, and how it ended. */
interface Run {
  readonly pieces: Uint8Array[];
  ended: boolean;
  failure?: Error;
  wake: () => void;
}

/** DuckDB in a thread of its own. The thread is started by the first query, or by `start()`, and again after it has ended. */
export class DuckDb {
  readonly #settings: EngineSettings;
  readonly #worker: string;
  readonly #runs = new Map<number, Run>();
  #thread?: Promise<Worker>;
  #lastId = 0;

  /**
   * @param assets folder that `build.mjs` has made
   * @param rows of the table `sales`
   */
  constructor(assets: string, readonly rows: number) {
    this.#settings = { wasm: path.join(assets, 'duckdb-eh.wasm'), rows };
    this.#worker = path.join(assets, 'duckdb.worker.cjs');
  }

  /** Resolves when the table is there. */
  async start(): Promise<void> {
    await this.#started();
  }

  /**
   * The result as an Arrow IPC stream, in pieces, while it is produced. Resolves with its first piece.
   *
   * @throws QueryError
   */
  async arrowStream(sql: string, { limit, signal }: RunOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const worker = await this.#started();
    signal?.throwIfAborted();
    const id = this.#lastId += 1;
    const say = (message: ToEngine) => worker.postMessage(message);
    const run: Run = { pieces: [], ended: false, wake: () => undefined };
    this.#runs.set(id, run);
    const leave = (failure: Error) => {
      if (run.ended) return;
      say({ kind: 'cancel', id });
      this.#end(id, failure);
    };
    const onAbort = () => leave(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });

    const next = async (): Promise<Uint8Array | undefined> => {
      while (run.pieces.length === 0 && !run.ended) await new Promise<void>((wake) => { run.wake = wake; });
      const piece = run.failure ? undefined : run.pieces.shift();
      if (piece) say({ kind: 'more', id });
      else signal?.removeEventListener('abort', onAbort);
      if (run.failure) throw run.failure;
      return piece;
    };

    say({ kind: 'run', id, sql, limit });
    const first = await next();
    return (async function* () {
      try {
        for (let piece = first; piece; piece = await next()) yield piece;
      } finally {
        leave(new EngineError('nobody reads the result any more'));
      }
    })();
  }

  async close(): Promise<void> {
    await (await this.#thread)?.terminate();
  }

  #end(id: number, failure?: Error): void {
    const run = this.#runs.get(id);
    if (!run) return;
    this.#runs.delete(id);
    run.ended = true;
    run.failure = failure;
    run.wake();
  }

  #started(): Promise<Worker> {
    return this.#thread ??= new Promise((resolve, reject) => {
      const worker = new Worker(this.#worker, { workerData: this.#settings });
      const lost = (reason: string) => {
        const failure = new EngineError(`the engine's thread has ended: ${reason}`);
        this.#thread = undefined;
        for (const id of [...this.#runs.keys()]) this.#end(id, failure);
        reject(failure);
      };
      worker.on('error', ({ message }) => lost(message));
      worker.on('exit', (code) => lost(`exit code ${code}`));
      worker.on('message', (message: FromEngine) => {
        if (message.kind === 'ready') resolve(worker);
        else this.#heard(message);
      });
    });
  }

  #heard(message: Exclude<FromEngine, { kind: 'ready' }>): void {
    if (message.kind === 'end') return this.#end(message.id);
    if (message.kind === 'error') return this.#end(message.id, new QueryError(message.message));
    const run = this.#runs.get(message.id);
    run?.pieces.push(message.bytes);
    run?.wake();
  }
}
