import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTask } from '../../../runtime/tasks/definition/define';
import type { TaskInstance, TaskResult } from '../../../runtime/tasks/definition/shapes';

/** More than what is packed, so that it is an object of its own. */
const LARGE = 300 * 1024;

export interface Workflow {
  /** Five tasks: two sources, a large one, one made from the sources' files, one made from that and the large one. */
  readonly top: TaskInstance<{ readonly bytes: number; readonly first: string }>;
  readonly all: readonly TaskInstance[];
  /** Families whose `run` was called, in order. */
  readonly ran: readonly string[];
}

/** What a source's file has. */
const sourceText = (n: number): string => `source ${n}\n`.repeat(200);

/**
 * Tasks with values and files that are the same in every process.
 *
 * @param folder where tasks put what they copy
 * @param name tasks of another name are others
 */
export function workflow(folder: string, name = 'w'): Workflow {
  const ran: string[] = [];
  const source = defineTask({
    family: 'Source', kind: 'read', policy: 'forever', params: { name: 'string', n: 'integer' },
    run: ({ params: { n }, output }) => {
      ran.push('Source');
      writeFileSync(output.path(`in/${n}.txt`), sourceText(n));
      return { n };
    },
  });
  const large = defineTask({
    family: 'Large', kind: 'read', policy: 'forever', params: { name: 'string' },
    run: ({ output }) => {
      ran.push('Large');
      writeFileSync(output.path('large.bin'), Buffer.alloc(LARGE, 'large '));
      return 'large';
    },
  });
  const joined = defineTask({
    family: 'Joined', kind: 'read', policy: 'forever', params: { name: 'string' },
    requires: (params) => ({ parts: [source({ ...params, n: 1 }), source({ ...params, n: 2 })] }),
    run: async ({ requires: { parts }, output }) => {
      ran.push('Joined');
      const texts = await Promise.all(parts.map(({ value, files }) => files.read(`in/${value.n}.txt`)));
      writeFileSync(output.path('joined.txt'), Buffer.concat(texts));
      return parts.map(({ value }) => value.n);
    },
  });
  const top = defineTask({
    family: 'Top', kind: 'read', policy: 'forever', params: { name: 'string' },
    requires: (params) => ({ joined: joined(params), large: large(params) }),
    run: async ({ requires }) => {
      ran.push('Top');
      const target = mkdtempSync(join(folder, 'top-')); // where a file is already, it need not be fetched
      await requires.joined.files.copy(target);
      const text = readFileSync(join(target, 'joined.txt'), 'utf8');
      return { bytes: text.length + (await requires.large.files.read('large.bin')).byteLength, first: text.slice(0, 8) };
    },
  });
  const one = { name };
  return { top: top(one), all: [source({ name, n: 1 }), source({ name, n: 2 }), large(one), joined(one), top(one)], ran };
}

/** What the last task returns, by its definition alone. */
export const TOP_VALUE = { bytes: sourceText(1).length + sourceText(2).length + LARGE, first: 'source 1' };

/** All files of results, read. */
export async function filesOf({ files }: TaskResult): Promise<Record<string, string>> {
  const read = await Promise.all(files.paths.map(async (path) => [path, Buffer.from(await files.read(path)).toString()] as const));
  return Object.fromEntries(read);
}
