import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keyText } from '../../../runtime/data/key-text';
import type { ResultFiles } from '../../../runtime/tasks/definition/shapes';
import type { RecordBody, TaskRecord } from '../../../runtime/tasks/manifest/shapes';
import type { FoundResult, HeldLease, KeptResult, Mark, NewResult, ResultStorage, TaskPlace } from '../../../runtime/tasks/storage/shapes';

export type Operation = 'refresh' | 'find' | 'digestOf' | 'keep' | 'lease' | 'settled';

type Files = ReadonlyMap<string, Buffer>;

interface Entry {
  readonly record: TaskRecord;
  readonly body: string;
  readonly files: Files;
  /** Revision with which it came. */
  readonly added: number;
}

/** What all storages of a test have in common: the bucket. */
export class SharedResults {
  revision = 1;
  time = 1_000_000;
  entries = new Map<string, Entry>();
  readonly epochs = new Map<string, number>();
  readonly leases = new Map<string, Promise<void>>();

  beginEpoch(name: string): void {
    this.epochs.set(name, ++this.revision);
  }

  clear(): void {
    this.revision++;
    this.entries = new Map();
  }
}

const PLACE = { tier: 'local', scope: 'main' } as TaskPlace;

/** Results in memory, as plain as can be: what one storage knows is what it last read, as it is with manifests. */
export class MemoryResultStorage implements ResultStorage {
  /** What is to fail, or to answer never. */
  readonly faults: { [O in Operation]?: 'fail' | 'hang' } = {};
  readonly calls: Record<Operation, number> = { refresh: 0, find: 0, digestOf: 0, keep: 0, lease: 0, settled: 0 };
  /** Families that are switched off. */
  readonly off = new Set<string>();
  readonly switches = { allows: (family: string) => !this.off.has(family) };
  readonly kept: NewResult[] = [];
  /** Awaited before a result is kept. */
  beforeKeep: () => Promise<void> = () => Promise.resolve();
  closed = false;
  private known: ReadonlyMap<string, Entry> = new Map();
  private revision = 0;

  constructor(readonly shared: SharedResults = new SharedResults()) {}

  async refresh(): Promise<void> {
    await this.trouble('refresh');
    this.see();
  }

  mark(): Mark {
    return new Map([[PLACE, this.revision]]);
  }

  async find(key: string, { run }: { readonly run: string }): Promise<FoundResult | undefined> {
    await this.trouble('find');
    return this.foundOf(this.known.get(key), run);
  }

  knows(key: string, run: string): TaskRecord | undefined {
    return this.foundOf(this.known.get(key), run)?.record;
  }

  async latest(id: string): Promise<FoundResult | undefined> {
    return this.found([...this.known.values()].filter(({ record }) => record.id === id).at(-1));
  }

  async digestOf(value: unknown, folder?: string): Promise<string> {
    await this.trouble('digestOf');
    return digest(value, await filesIn(folder));
  }

  async keep(result: NewResult): Promise<KeptResult> {
    await this.trouble('keep');
    await this.beforeKeep();
    const { key, body, folder, mark, duration, requires, validity } = result;
    const { shared } = this;
    const files = await filesIn(folder);
    const seen = mark.get(PLACE) ?? 0;
    this.kept.push(result);
    const record: TaskRecord = {
      key, id: body.id, family: body.family, digest: digest(body.value, files), body: { chunks: [] }, bytes: 0,
      created: ++shared.time, duration, seen, validity: validity(shared.time), requires,
    };
    const there = shared.entries.get(key);
    if (there === undefined || !this.isValid(there.record, undefined) || seen >= there.added) {
      shared.entries.set(key, { record, body: JSON.stringify(body), files, added: ++shared.revision });
    }
    this.see();
    return { digest: record.digest, files: memoryFiles(files), places: [{ tier: 'local', scope: 'main' }] };
  }

  async lease(key: string, signal?: AbortSignal, onWait?: () => void): Promise<HeldLease | undefined> {
    await this.trouble('lease');
    const { leases } = this.shared;
    for (let other = leases.get(key); other !== undefined; other = leases.get(key)) {
      onWait?.();
      await other;
      signal?.throwIfAborted();
    }
    let free!: () => void;
    leases.set(key, new Promise((resolve) => { free = resolve; }));
    return {
      lost: new AbortController().signal,
      release: () => {
        leases.delete(key);
        free();
        return Promise.resolve();
      },
    };
  }

  settled(): Promise<void> {
    return this.trouble('settled');
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private see(): void {
    this.known = new Map(this.shared.entries);
    this.revision = this.shared.revision;
  }

  private foundOf(entry: Entry | undefined, run: string): FoundResult | undefined {
    return entry !== undefined && this.isValid(entry.record, run) ? this.found(entry) : undefined;
  }

  private found(entry: Entry | undefined): FoundResult | undefined {
    if (entry === undefined) return undefined;
    return { record: entry.record, body: JSON.parse(entry.body) as RecordBody, files: memoryFiles(entry.files), tier: 'local', scope: 'main' };
  }

  /** @param run `undefined`: any */
  private isValid({ validity, seen }: TaskRecord, run: string | undefined): boolean {
    switch (validity.kind) {
      case 'forever': return true;
      case 'ttl': return this.shared.time < validity.until;
      case 'run': return run === undefined || validity.run === run;
      case 'epoch': return seen >= (this.shared.epochs.get(validity.name) ?? 0);
    }
  }

  private async trouble(operation: Operation): Promise<void> {
    this.calls[operation]++;
    const fault = this.faults[operation];
    if (fault === 'hang') await new Promise(() => {});
    if (fault === 'fail') throw new Error(`${operation} is broken`);
  }
}

function digest(value: unknown, files: Files): string {
  const hash = createHash('sha256').update(keyText([value]), 'latin1');
  for (const [path, bytes] of files) hash.update(keyText([path, bytes.length]), 'latin1').update(bytes);
  return hash.digest('hex');
}

async function filesIn(folder: string | undefined): Promise<Files> {
  const files = new Map<string, Buffer>();
  if (folder === undefined) return files;
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    if ((await stat(join(folder, path))).isFile()) files.set(path, await readFile(join(folder, path)));
  }
  return files;
}

function memoryFiles(files: Files): ResultFiles {
  return {
    paths: [...files.keys()],
    read: (path) => Promise.resolve(files.get(path)!),
    async copy(folder, path) {
      for (const each of path === undefined ? files.keys() : [path]) {
        await mkdir(dirname(join(folder, each)), { recursive: true });
        await writeFile(join(folder, each), files.get(each)!);
      }
      return path === undefined ? folder : join(folder, path);
    },
  };
}
