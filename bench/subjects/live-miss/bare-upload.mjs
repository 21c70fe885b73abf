// The segments that ours makes of the result, which is there already: as many at a time, by node:http.
import { allOf } from '../../harness/live-source.mjs';
import { openBareS3 } from '../live-bare-s3.mjs';

const AT_A_TIME = 3;

export async function open({ access, segmentSizes }) {
  const { segmentSize } = await import(segmentSizes);
  const { put } = openBareS3(access);
  let segments;
  return async (key, execute, onFirst) => {
    segments ??= segmentsOf(await allOf(execute()), segmentSize); // by the first call, which warms up
    onFirst();
    const queue = segments.map((chunks, i) => [`${key}/${i}`, chunks]);
    const upload = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await put(...next);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, upload));
    return { bytes: segments.flat().reduce((sum, chunk) => sum + chunk.length, 0) };
  };
}

function segmentsOf(chunks, segmentSize) {
  const segments = [[]];
  let missing = segmentSize(0);
  for (let chunk of chunks) {
    while (chunk.length > missing) {
      segments.at(-1).push(chunk.subarray(0, missing));
      chunk = chunk.subarray(missing);
      missing = segmentSize(segments.push([]) - 1);
    }
    segments.at(-1).push(chunk);
    missing -= chunk.length;
  }
  return segments;
}
