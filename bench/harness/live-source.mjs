// What queries give: an Arrow stream of rows as engines have them, one chunk for each batch.
import { Dictionary, Int32, RecordBatchStreamWriter, Table, Utf8, vectorFromArray, makeVector } from 'apache-arrow';

const ROWS = 8000;
const REGIONS = ['north', 'south', 'east', 'west'];
/** Of Arrow's end-of-stream marker. */
const END = 8;

/** 42 to 43 bytes a row. */
export function tableOf(rows = ROWS) {
  const numbers = Array.from({ length: rows }, (_, i) => i);
  return new Table({
    id: makeVector(Int32Array.from(numbers)),
    amount: makeVector(Float64Array.from(numbers, (i) => Math.sin(i) * 1000)),
    rate: makeVector(Float64Array.from(numbers, (i) => Math.cos(i))),
    name: vectorFromArray(numbers.map((i) => `customer-${i}`), new Utf8()),
    region: vectorFromArray(numbers.map((i) => REGIONS[i % REGIONS.length]), new Dictionary(new Utf8(), new Int32())),
  });
}

/** The stream's beginning with schema and dictionary, a record batch, and its end. The batch may be repeated. */
export function partsOf(rows = ROWS) {
  const [batch] = tableOf(rows).batches;
  const [one, two] = [1, 2].map((count) => RecordBatchStreamWriter.writeAll(Array(count).fill(batch)).toUint8Array(true));
  const head = one.length - END - (two.length - one.length);
  return { head: one.slice(0, head), batch: one.slice(head, -END), end: one.slice(-END) };
}

/**
 * A query over a result of about so many MB.
 *
 * @param {{ mb: number, wait?: number, seconds?: number }} options milliseconds until the first byte, and time from that to the last one
 */
export function queryOf({ mb, wait = 0, seconds = 0 }, parts = partsOf()) {
  const { head, batch, end } = parts;
  const count = Math.max(1, Math.round(mb * 1e6 / batch.length));
  return async function* query() {
    if (wait > 0) await until(performance.now() + wait);
    const begun = performance.now();
    yield head;
    for (let i = 0; i < count; i++) {
      if (seconds > 0) await until(begun + i / count * seconds * 1000);
      yield batch.slice(); // as engines do, which give memory that nobody else has
    }
    yield end;
  };
}

/** All chunks of a query. */
export async function allOf(chunks) {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function until(time) {
  const left = time - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
