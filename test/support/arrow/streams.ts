import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StreamContents {
  readonly bytes: number;
  readonly rows: number;
  readonly batches: number;
  readonly dictionaries: number;
}

export interface WrittenStream {
  readonly name: string;
  readonly stream: Uint8Array;
  /** As pyarrow itself counted them. */
  readonly contents: StreamContents;
}

/** The streams that make-streams.py has written into a folder. */
export function writtenStreams(folder = join(__dirname, 'streams')): WrittenStream[] {
  const { streams } = JSON.parse(readFileSync(join(folder, 'contents.json'), 'utf8')) as { streams: Record<string, StreamContents> };
  return Object.entries(streams).map(([name, contents]) => {
    const file = readFileSync(join(folder, `${name}.arrows`));
    return { name, contents, stream: new Uint8Array(file) };
  });
}

/** One of the streams that were written with pyarrow and committed. */
export function pyarrowStream(name: string): Uint8Array {
  const found = writtenStreams().find((stream) => stream.name === name);
  if (!found) throw new Error(`test/support/arrow/streams has no ${name}`);
  return found.stream;
}
