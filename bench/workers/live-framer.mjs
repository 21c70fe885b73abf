// What is done with the chunks of an execution before they go anywhere: nothing is stored and nothing is sent.
import { Readable } from 'node:stream';
import { RecordBatchReader, RecordBatchStreamWriter } from 'apache-arrow';
import { answer, cpu, params } from '../harness/child.mjs';
import { allOf, partsOf, queryOf, tableOf } from '../harness/live-source.mjs';
import { takeWeb } from '../harness/take.mjs';

const { subject, rows, chunkBytes, mb, framer, bytesOf: bytesOfModule } = params;
/** CPU time that is measured at the least, and before that for the engine to compile what is hot, in nanoseconds. */
const LEAST_CPU = 500e6;

const { StreamFramer } = await import(framer);
const { bytesOf } = await import(bytesOfModule);

const whole = Buffer.concat(await allOf(queryOf({ mb }, partsOf(rows))()));
/** As engines and their connections cut them. */
const chunks = Array.from({ length: Math.ceil(whole.length / chunkBytes) }, (_, i) => whole.subarray(i * chunkBytes, (i + 1) * chunkBytes));
const [batch] = tableOf(rows).batches;
const batches = Array(Math.max(1, Math.round(mb * 1e6 / partsOf(rows).batch.length))).fill(batch);

async function* given(items) {
  for (const item of items) yield item;
}

async function framed(source) {
  const framing = new StreamFramer();
  for await (const chunk of bytesOf(source, new AbortController().signal)) framing.push(chunk);
  framing.end();
  return framing.bytes;
}

/** The writer's chunks of what `write` puts into it. */
async function written(write) {
  const writer = new RecordBatchStreamWriter();
  const done = write(writer);
  const bytes = await takeWeb(writer);
  await done;
  return bytes;
}

const SUBJECTS = {
  framer: () => {
    const framing = new StreamFramer();
    for (const chunk of chunks) framing.push(chunk);
    framing.end();
    return framing.bytes;
  },
  iterable: () => framed(given(chunks)),
  'node-stream': () => framed(Readable.from(chunks, { objectMode: false })),
  'web-stream': () => {
    const left = chunks.values();
    return framed(new ReadableStream({
      pull(controller) {
        const { done, value } = left.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }));
  },
  batches: () => framed(given(batches)),
  'bare-iterable': () => takeWeb(given(chunks)),
  'bare-node-stream': () => takeWeb(Readable.from(chunks, { objectMode: false })),
  writer: () => written((writer) => writer.writeAll(given(batches))),
  decode: async () => {
    let count = 0;
    for await (const { numRows } of await RecordBatchReader.from(given(chunks))) count += numRows;
    if (count !== batches.length * rows) throw new Error(`${count} rows`);
    return whole.length;
  },
  'decode-encode': () => written(async (writer) => writer.writeAll(await RecordBatchReader.from(given(chunks)))),
};

async function repeated(work) {
  const before = cpu();
  let total = 0;
  do {
    const bytes = await work();
    // Written anew, a stream may be some bytes longer or shorter.
    if (Math.abs(bytes - whole.length) > whole.length / 100) throw new Error(`${bytes} bytes, not ${whole.length}`);
    total += bytes;
  } while (cpu() - before < LEAST_CPU);
  return (cpu() - before) / 1e6 / (total / 1e9);
}

await answer(async () => {
  await repeated(SUBJECTS[subject]);
  return { cpu: await repeated(SUBJECTS[subject]) };
});
