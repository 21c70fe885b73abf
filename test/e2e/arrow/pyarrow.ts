import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StreamFramer } from '../../../runtime/live/arrow/framer';
import { inChunks } from '../../support/arrow/chunks';
import { writtenStreams, type StreamContents } from '../../support/arrow/streams';
import { note } from '../checks';
import { run } from '../processes';
import { findPython, virtualEnvironment } from '../python';

const SUPPORT = join(__dirname, '../../support/arrow');

/**
 * Writes the streams of test/support/arrow anew with the pyarrow that requirements.txt pins, and compares what the framer counts with what
 * pyarrow does, and the bytes with those that are committed.
 *
 * @param folder where the virtual environment and the streams go
 */
export async function checkPyarrowStreams(folder: string): Promise<void> {
  const requirements = join(SUPPORT, 'requirements.txt');
  const interpreter = await virtualEnvironment({ python: await findPython(), folder: join(folder, 'pyarrow'), requirements, note });
  const target = join(folder, 'streams');
  await run(interpreter, [join(SUPPORT, 'make-streams.py'), target]);
  const streams = writtenStreams(target);
  for (const { name, stream, contents } of streams) {
    for (const length of [stream.byteLength, 1, 1000]) {
      const counts = counted(inChunks(stream, length));
      if (!isDeepStrictEqual(counts, contents)) {
        throw new Error(`${name}: the framer counts ${JSON.stringify(counts)}, pyarrow ${JSON.stringify(contents)}`);
      }
    }
    if (!readFileSync(join(SUPPORT, 'streams', `${name}.arrows`)).equals(stream)) {
      throw new Error(`${name}: make-streams.py writes something else than what is committed in test/support/arrow/streams: commit what it writes`);
    }
  }
  note(`${streams.length} streams, ${streams.reduce((sum, { contents }) => sum + contents.batches, 0)} batches`);
}

function counted(chunks: readonly Uint8Array[]): StreamContents {
  const framer = new StreamFramer();
  for (const chunk of chunks) framer.push(chunk);
  framer.end();
  const { bytes, rows, batches, dictionaries } = framer;
  return { bytes, rows, batches, dictionaries };
}
