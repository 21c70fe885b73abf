import { createHash } from 'node:crypto';
import { EMPTY_MANIFEST, type FolderRecord, type Kept, type Manifest, type TaskRecord } from '../../../../runtime/tasks/manifest/shapes';

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
export const objectOf = (text: string): string => `objects/${digestOf(text)}`;

/** A record of a task, whose key, body and so on follow from a name. */
export function recordOf(name: string, given: Partial<TaskRecord> = {}): TaskRecord {
  return {
    key: digestOf(`key ${name}`), id: `Task_${name}`, family: 'Task', digest: digestOf(`result ${name}`),
    body: { slice: { pack: objectOf(`pack ${name}`), offset: 3, bytes: 12, digest: digestOf(`body ${name}`) } },
    bytes: 100, created: 1_000, duration: 7.5, seen: 0, validity: { kind: 'forever' }, requires: [], ...given,
  };
}

export function folderOf(name: string, given: Partial<FolderRecord> = {}): FolderRecord {
  return { name, tree: objectOf(`tree ${name}`), digest: digestOf(`folder ${name}`), files: 2, bytes: 100, created: 1_000, seen: 0, ...given };
}

export interface Holding {
  readonly records?: readonly (TaskRecord & { added?: number })[];
  readonly folders?: readonly (FolderRecord & { added?: number })[];
}

/** Records are as if they had been added right after what they have seen. */
export function manifestOf({ records = [], folders = [], ...rest }: Omit<Partial<Manifest>, 'records' | 'folders'> & Holding): Manifest {
  const kept = <T extends { seen: number; added?: number }>(each: T): Kept<T> => ({ ...each, added: each.added ?? each.seen + 1 });
  return {
    ...EMPTY_MANIFEST, revision: 10, ...rest,
    records: new Map(records.map((record) => [record.key, kept(record)])), folders: new Map(folders.map((folder) => [folder.name, kept(folder)])),
  };
}

/** The bytes of a manifest with one of them changed by somebody who knows the format: the checksum fits. */
export function withByte(bytes: Uint8Array, at: number, byte: number): Buffer {
  const body = Buffer.from(bytes.subarray(0, -32)).fill(byte, at, at + 1);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** One of everything that a manifest can have. */
export function richManifest(): Manifest {
  const chunks = [1, 2].map((i) => ({ object: objectOf(`chunk ${i}`), bytes: i, digest: digestOf(`piece ${i}`) }));
  return manifestOf({
    revision: 50, cleared: 3, horizon: { revision: 4, next: 20, time: 1_700_000_000_000 },
    records: [
      recordOf('a', { seen: 5 }),
      recordOf('b', { seen: 6, validity: { kind: 'ttl', until: 1_800_000_000_000.5 }, requires: [digestOf('key a')], tree: objectOf('tree b') }),
      recordOf('c', { seen: 7, validity: { kind: 'run', run: 'run "1"\n€' }, requires: [digestOf('key a'), digestOf('key b')] }),
      recordOf('d', { seen: 8, validity: { kind: 'epoch', name: 'stacks' }, body: { chunks } }),
      recordOf('e', { seen: 9, body: { chunks: [] }, tree: `${objectOf('tree e')}~0123abcd`, id: 'Task_a' }),
    ],
    folders: [folderOf('output', { seen: 30 }), folderOf('__proto__', { seen: 31 })],
    invalidated: new Map([['Task_a', 4], [digestOf('key gone'), 5], ['output', 6]]),
    epochs: new Map([['stacks', 2], ['never used', 50]]),
    condemned: new Map([[objectOf('old'), 1_700_000_000_001], [`${objectOf('old')}~ffffffff`, 1_700_000_000_002]]),
    followed: new Map([['s3://bucket/v1/main/default', 70]]),
  });
}
