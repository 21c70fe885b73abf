import { measure } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const MB = 32;
const CHUNK_BYTES = 64 * 1024;
/** Of a batch. */
const ROWS = [1000, 8000];
const SUBJECTS = [
  'framer', 'iterable', 'node-stream', 'web-stream', 'batches', 'bare-iterable', 'bare-node-stream', 'writer', 'decode', 'decode-encode',
];
const NAMES = {
  'node-stream': 'ours, Node stream', 'web-stream': 'ours, web stream',
  'bare-iterable': 'taking it from the iterable', 'bare-node-stream': 'taking it from the Node stream',
  writer: 'written by apache-arrow', decode: 'decoded by apache-arrow', 'decode-encode': 'decoded and encoded by apache-arrow',
};
const OTHERS = ['node-stream', 'web-stream', 'bare-node-stream'];

/** CPU for a GB of an Arrow stream that is followed and checked: the framer alone, with each kind of source, and of record batches. */
export async function run({ livePart, rounds }) {
  const modules = { framer: livePart('arrow/framer.js'), bytesOf: livePart('arrow/bytes-of.js') };
  const results = [];
  for (const rows of ROWS) {
    const medians = await inTurn(SUBJECTS, rounds(3), (subject) =>
      measure('workers/live-framer.mjs', { ...modules, subject, rows, chunkBytes: CHUNK_BYTES, mb: MB }));
    const result = (name, title, ours, peers, limit) => {
      const taken = new Map([ours, ...peers].map((subject) => [subject === ours ? 'ours' : subject, medians.get(subject)]));
      return {
        claim: `live-framer/${name}-${rows}`, title: `${title}, batches of ${rows} rows, chunks of 64 KiB`,
        unit: 'ms CPU/GB', better: 'lower', goal: null, figures: figuresOf(taken, 'cpu', { names: NAMES, limit, others: OTHERS }),
      };
    };
    const decoding = ['decode', 'decode-encode'];
    results.push(
      result('framer', 'Framer alone', 'framer', decoding),
      result('sources', 'Source and framer', 'iterable', ['bare-iterable', ...OTHERS, ...decoding], 'bare-iterable'),
      result('batches', 'Source of record batches and framer', 'batches', ['writer']),
    );
  }
  return results;
}
