/**
 * The thread that DuckDB runs in: a query keeps a processor busy, and the service's own loop must stay free for hits.
 * Every query has a connection. They take turns: DuckDB gives control back after about 100 ms of work.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createDuckDB, NODE_RUNTIME, VoidLogger, type DuckDBBindings, type DuckDBConnection } from '@duckdb/duckdb-wasm/blocking';
import { DATASET, ENGINE_LIMITS } from './dataset';
import type { EngineSettings, FromEngine, ToEngine } from './protocol';

/** DuckDB gives batches of 2,048 rows. They are sent in pieces of about this size. */
const PIECE_BYTES = 256 * 1024;
/** DuckDB leaves Arrow's end-of-stream marker out: without one, nobody could tell a whole result from one that was cut off. */
const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

class CancelledError extends Error {}

/** One query: how many pieces may be sent, and whether somebody wants them. */
class Demand {
  #allowed = 2;
  #cancelled = false;
  #wake?: () => void;

  add(): void {
    this.#allowed += 1;
    this.#wake?.();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
  }

  check(): void {
    if (this.#cancelled) throw new CancelledError();
  }

  async take(): Promise<void> {
    this.check();
    if (this.#allowed === 0) await new Promise<void>((wake) => { this.#wake = wake; });
    this.check();
    this.#allowed -= 1;
  }
}

const settings = workerData as EngineSettings;
const port = parentPort as MessagePort;
const demands = new Map<number, Demand>();
const say = (message: FromEngine) => port.postMessage(message, message.kind === 'piece' ? [message.bytes.buffer as ArrayBuffer] : []);
/** Lets messages in, and other queries. */
const turn = () => new Promise<void>((next) => { setImmediate(next); });

void open().then((database) => {
  port.on('message', (message: ToEngine) => {
    if (message.kind === 'run') void run(database, message);
    else if (message.kind === 'more') demands.get(message.id)?.add();
    else demands.get(message.id)?.cancel();
  });
  say({ kind: 'ready' });
});

async function open(): Promise<DuckDBBindings> {
  const database = await createDuckDB(
    { mvp: { mainModule: settings.wasm, mainWorker: '' }, eh: { mainModule: settings.wasm, mainWorker: '' } }, new VoidLogger(), NODE_RUNTIME,
  );
  await database.instantiate(() => undefined);
  database.open({ path: ':memory:', query: {} });
  const connection = database.connect();
  for (const statement of [DATASET(settings.rows), ...ENGINE_LIMITS]) connection.query(statement);
  connection.close();
  return database;
}

async function run(database: DuckDBBindings, { id, sql, limit }: Extract<ToEngine, { kind: 'run' }>): Promise<void> {
  const demand = new Demand();
  demands.set(id, demand);
  const connection = database.connect();
  try {
    for await (const bytes of pieces(messages(database, connection, demand, asSelect(sql, limit)))) {
      await demand.take();
      say({ kind: 'piece', id, bytes });
    }
    say({ kind: 'end', id });
  } catch (error) {
    if (!(error instanceof CancelledError)) say({ kind: 'error', id, message: messageOf(error) });
  } finally {
    connection.close();
    demands.delete(id);
  }
}

/**
 * Only what can stand in parentheses after FROM: a SELECT and its like, which changes nothing. The preparation before it runs refuses
 * more than one statement, so closing the parenthesis and going on leads nowhere either.
 */
function asSelect(sql: string, limit?: number): string {
  return `SELECT * FROM (\n${sql}\n)${limit === undefined ? '' : ` LIMIT ${limit}`}`;
}

/** The result as DuckDB gives it, message by message, while it is produced. */
async function* messages(database: DuckDBBindings, connection: DuckDBConnection, demand: Demand, select: string): AsyncGenerator<Uint8Array> {
  const number = connection.useUnsafe((_, handle) => handle);
  database.closePrepared(number, database.createPrepared(number, select));
  let schema = database.startPendingQuery(number, select, true);
  while (!schema) {
    await turn();
    try {
      demand.check();
    } catch (cancelled) {
      database.cancelPendingQuery(number);
      throw cancelled;
    }
    schema = database.pollPendingQuery(number);
  }
  yield schema;
  for (let batch = database.fetchQueryResults(number); batch?.length; batch = database.fetchQueryResults(number)) yield batch;
  yield END_OF_STREAM;
}

/** Pieces of a good size, made of the small ones that come. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let collected: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of source) {
    collected.push(part);
    bytes += part.length;
    if (bytes < PIECE_BYTES) continue;
    yield joined(collected, bytes);
    [collected, bytes] = [[], 0];
    await turn();
  }
  if (bytes > 0) yield joined(collected, bytes);
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** DuckDB puts some messages into JSON; and its lines begin above the query's own first one. */
function messageOf(error: unknown): string {
  const { message } = error as Error;
  const ownLines = (text: string) => text.replace(/^LINE (\d+):/gm, (_, line: string) => `LINE ${Number(line) - 1}:`);
  try {
    return ownLines((JSON.parse(message) as { exception_message: string }).exception_message);
  } catch {
    return ownLines(message);
  }
}
