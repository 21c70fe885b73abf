// A cache that reads record batches out of the bucket and writes them for its caller.
import { RecordBatchReader, RecordBatchStreamWriter } from 'apache-arrow';
import { takeWeb } from '../../harness/take.mjs';
import { openBareS3 } from '../live-bare-s3.mjs';

export function open({ access }) {
  const { get } = openBareS3(access);
  return async (mb, onFirst) => {
    const writer = new RecordBatchStreamWriter();
    const written = writer.writeAll(await RecordBatchReader.from(await get(`bare-${mb}`)));
    const bytes = await takeWeb(writer, onFirst);
    await written;
    return bytes;
  };
}
