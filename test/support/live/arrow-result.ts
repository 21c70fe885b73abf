import { tableFromArrays, tableToIPC } from 'apache-arrow';

/** Bytes of Arrow's end-of-stream marker. */
const END = 8;

export interface ArrowResultOptions {
  /** @default 1 */
  readonly batches?: number;
  /** Rows of a batch, of 8 bytes each. @default 1000 */
  readonly rows?: number;
  /** Other seeds give other data. @default 1 */
  readonly seed?: number;
}

/** The parts of an Arrow IPC stream: its schema, one record batch, and the end. Batches may be repeated. */
export function arrowParts({ rows = 1000, seed = 1 }: ArrowResultOptions = {}): { head: Uint8Array; batch: Uint8Array; end: Uint8Array } {
  const values = Float64Array.from({ length: rows }, (_, i) => Math.sin(i * seed) * 1000);
  const whole = tableToIPC(tableFromArrays({ value: values }), 'stream');
  const head = 8 + new DataView(whole.buffer, whole.byteOffset).getInt32(4, true);
  return { head: whole.subarray(0, head), batch: whole.subarray(head, whole.length - END), end: whole.subarray(whole.length - END) };
}

/** A valid Arrow IPC stream. */
export function arrowResult(options: ArrowResultOptions = {}): Uint8Array {
  const { head, batch, end } = arrowParts(options);
  return Buffer.concat([head, ...Array<Uint8Array>(options.batches ?? 1).fill(batch), end]);
}

/** Some bytes in pieces of a size, with a wait before each if one is given. */
export async function* inPieces(bytes: Uint8Array, size: number, pause?: () => Promise<unknown>): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await pause?.();
    yield bytes.subarray(at, at + size);
  }
}
