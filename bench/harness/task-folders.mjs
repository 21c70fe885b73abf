// The folders that the claims about them are measured with: what they are made of depends on nothing but here.
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A minute ago: some peers go by times of files, which a real build does not make at the instant when it uploads them. */
const AGE_S = 60;

/** 10,000 results of tasks of about 0.9 KB in 1,800 folders, as a workflow leaves them in `output/<Family>/<parameters>/`. */
export const SMALL = {
  title: '10,000 files of 0.9 KB in 1,800 folders',
  paths: Array.from({ length: 10_000 }, (_, i) => {
    const folder = i % 1800;
    return `Family${String(folder % 18).padStart(2, '0')}Task/${String(folder).padStart(12, '0')}/result-${String(i).padStart(5, '0')}.json`;
  }),
  content: (i, edit) => Buffer.from(`${JSON.stringify(taskResult(i, edit), undefined, 1)}\n`),
};

/** 500 MB of bytes that nothing can compress, in 50 files. */
export const LARGE = {
  title: '500 MB in 50 files',
  paths: Array.from({ length: 50 }, (_, i) => `bundle-${i % 5}/part-${String(i).padStart(2, '0')}.bin`),
  content: (i, edit) => randomBytes(`${i} ${edit}`, edit === 'longer' ? 10_000_300 : 10_000_000),
};

/** Each content is 820 to 900 bytes; `longer` makes it longer, any other edit leaves its length. */
function taskResult(i, edit) {
  const id = (name) => createHash('sha256').update(`${i} ${name} ${edit}`).digest('hex');
  const account = String(100_000_000_000 + i * 7919).slice(0, 12);
  return {
    task: `ProvisionStackTask_${account}_eu-west-1`, status: 'CREATE_COMPLETE', account, region: 'eu-west-1',
    stackId: `arn:aws:cloudformation:eu-west-1:${account}:stack/baseline-${id('stack').slice(0, 12)}/${id('stack').slice(12, 44)}`,
    outputs: Object.fromEntries(['Bucket', 'Role', 'Topic', 'Key'].map((name) => [`${name}Arn`, `arn:aws:s3:::${name}-${id(name).slice(0, 40)}`])),
    tags: [{ key: 'owner', value: 'platform' }, { key: 'cost-centre', value: id('cost').slice(0, 8) }], launched: id('launch'),
    ...(edit === 'longer' && { note: 'provisioned again' }),
  };
}

function randomBytes(seed, length) {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, key.subarray(0, 16)).update(Buffer.alloc(length));
}

export function makeFolder(root, { paths, content }) {
  const then = Date.now() / 1000 - AGE_S;
  for (const [i, path] of paths.entries()) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content(i, ''));
    utimesSync(file, then, then);
  }
}

/** Writes one file in a hundred anew, or one. @param edit `longer`, or of the same size */
export function edit(root, { paths, content }, how) {
  const every = Math.min(100, paths.length);
  const first = how === 'longer' ? 7 : 11;
  for (let i = first; i < paths.length; i += every) writeFileSync(join(root, paths[i]), content(i, how));
}

/** How many files are missing, different, or should not be there. */
export function differences(expected, actual) {
  const [here, there] = [filesIn(expected), new Set(filesIn(actual))];
  let count = 0;
  for (const path of here) if (!there.delete(path) || !readFileSync(join(expected, path)).equals(readFileSync(join(actual, path)))) count++;
  return count + there.size;
}

function filesIn(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}
