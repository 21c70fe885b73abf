import type { ArrowSource } from '../../../runtime/live/arrow/source';
import type { LiveClient, LiveClientOptions, LiveQuery, LiveResult } from '../../../runtime/live';
import type { ExecutionContext } from '../../../runtime/live/options';
import { arrowResult, inPieces } from './arrow-result';
import { clientOf, sharedParts, type SharedParts } from './processes';
import { segmentSize } from './small-segments';

/** Three segments of `small-segments`, the last of them small: 256 KiB, 1 MiB and 360 KB. */
export const A = arrowResult({ batches: 206, seed: 1 });
/** Of the same length as A; it differs from the first batch on. */
export const B = arrowResult({ batches: 206, seed: 2 });
export const SMALL = arrowResult();
/** Where these segments end. */
export const ENDS = [segmentSize(0), segmentSize(0) + segmentSize(1), A.length] as const;
export const QUERY = { scope: 'tenant', key: { sql: 'select 1', params: [1] } } satisfies LiveQuery;

const KNOWN = { A, B, SMALL };

/** jest compares large buffers byte by byte, which takes seconds. */
export function nameOf(bytes: Uint8Array): string {
  const found = Object.entries(KNOWN).find(([, known]) => Buffer.compare(known, bytes) === 0);
  return found?.[0] ?? `${bytes.length} other bytes`;
}

/** Makes clients, and closes them all in the end. */
export class Clients {
  private readonly made: LiveClient[] = [];

  of(parts: Partial<SharedParts> = sharedParts(), options: LiveClientOptions = {}): LiveClient {
    const client = clientOf(parts, options);
    this.made.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.made.splice(0).map((client) => client.close()));
  }
}

export interface Taken {
  readonly status: LiveResult['status'];
  readonly reason?: LiveResult['reason'];
  readonly data: string;
}

/** Asks, takes everything, and waits until it is published. */
export async function take(
  client: LiveClient, query: LiveQuery = QUERY, execute: Uint8Array | ((context: ExecutionContext) => ArrowSource | Promise<ArrowSource>) = A,
): Promise<Taken> {
  const result = await client.query(query, (context) => typeof execute === 'function' ? execute(context) : inPieces(execute, 100_000));
  const data = nameOf(await result.toBytes());
  await client.settled();
  return { status: result.status, ...result.reason && { reason: result.reason }, data };
}

/** A door that is shut until it is opened. */
export function aDoor(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open };
}

/** Gives some bytes, and the rest once the door is open. */
export async function* heldAt(bytes: Uint8Array, at: number, door: { readonly opened: Promise<void> }): AsyncGenerator<Uint8Array> {
  yield* inPieces(bytes.subarray(0, at), 100_000);
  await door.opened;
  yield* inPieces(bytes.subarray(at), 100_000);
}

/** Reads a stream to its end, or so many bytes of it and then it is left where it is. */
export class Reader {
  private readonly chunks: Uint8Array[] = [];
  private readonly node: ReturnType<LiveResult['toNodeStream']>;

  constructor(result: LiveResult) {
    this.node = result.toNodeStream();
    this.node.on('error', () => {}); // told by those who read
  }

  get position(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** @returns what there is from the first byte on */
  async upTo(bytes: number): Promise<Uint8Array> {
    while (this.position < bytes) {
      const chunk = this.node.read() as Buffer | null;
      if (chunk !== null) this.chunks.push(chunk);
      else if (this.node.errored) throw this.node.errored;
      else if (this.node.readableEnded || this.node.destroyed) break;
      else await this.more();
    }
    return Buffer.concat(this.chunks);
  }

  rest(): Promise<Uint8Array> {
    return this.upTo(Infinity);
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ['readable', 'end', 'error', 'close']) this.node.removeListener(event, done);
        resolve();
      };
      for (const event of ['readable', 'end', 'error', 'close']) this.node.on(event, done);
    });
  }
}

/** A clock that can be put forward: for indexes, so that leases lapse. */
export class Ahead {
  private by = 0;

  now(): number {
    return performance.now() + this.by;
  }

  forward(milliseconds: number): void {
    this.by += milliseconds;
  }
}
