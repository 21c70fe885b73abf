import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { FolderCache, TaskRunner, TaskStorage, type TaskRun, type TaskRunnerOptions, type TaskStorageOptions } from '../../../runtime/tasks';
import { readTree } from '../../../runtime/tasks/content/tree-store';
import type { Tree } from '../../../runtime/tasks/content/shapes';
import { readBody } from '../../../runtime/tasks/storage/record-body';
import { sha256 } from '../../../runtime/tasks/content/verified-objects';
import { readBytes } from '../../../runtime/tasks/storage/stored-bytes';
import type { Place } from '../../../runtime/tasks/storage/place';
import { startS3, type S3Server } from '../s3-server';
import type { StoredObject } from '../s3-server/model';
import { workflow, type Workflow } from './workflow';

type Files = Readonly<Record<string, string>>;

/** Computers that share a bucket of the in-tree S3 server. */
export class FaultWorld {
  static async start(): Promise<FaultWorld> {
    return new FaultWorld(await startS3(), mkdtempSync(join(tmpdir(), 'task-faults-')));
  }

  private computers = 0;

  private constructor(readonly server: S3Server, private readonly root: string) {}

  computer(): FaultComputer {
    return new FaultComputer(join(this.root, String(++this.computers)), this.server);
  }

  /** Empties the bucket. */
  reset(): void {
    this.server.reset();
  }

  /** What is in the bucket now. @returns puts it back */
  snapshot(): () => void {
    const saved = new Map(this.server.objects());
    return () => {
      this.server.reset();
      for (const [key, object] of saved) this.server.objects().set(key, object);
    };
  }

  /** Reads all that the manifests name. Fails if something of it is missing or wrong, or if an object is not what its name says. */
  async expectWhole(): Promise<void> {
    for (const [key, { body }] of this.server.objects()) {
      const [, name] = /\/objects\/([0-9a-f]{64})/.exec(key) ?? [];
      if (name !== undefined) expect([key, sha256(body)]).toEqual([key, name]);
    }
    const storage = this.computer().storage({ mode: 'remote:r' });
    await storage.refresh();
    for (const place of storage.places) await readAll(place);
    expect(storage.telemetry.stats()).toMatchObject({ storeErrors: 0, rejected: 0 });
    await storage.close();
  }

  /** Replaces the body of an object in the bucket, past all conditions. */
  damage(key: string, change: (body: Buffer) => Buffer): void {
    const object = this.server.objects().get(key)!;
    this.server.objects().set(key, { ...object, body: change(Buffer.from(object.body)) } satisfies StoredObject);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A computer: a folder that is kept, a local tier, and files that its tasks make. */
export class FaultComputer {
  readonly output: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(readonly home: string, { environment, bucket, endpoint }: S3Server) {
    [this.output, this.temporary] = [join(home, 'output'), join(home, 'temporary')];
    mkdirSync(this.temporary, { recursive: true });
    this.env = {
      ...environment, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(home, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
      TASK_CACHE_BUCKET: bucket, TASK_CACHE_S3_ENDPOINT: endpoint, TASK_CACHE_FOLDER: join(home, 'cache'),
    };
  }

  storage(options: TaskStorageOptions = {}): TaskStorage {
    return TaskStorage.open({ env: this.env, ...options });
  }

  /** Does something with the folder, in a storage of its own. */
  async folder<T>(work: (cache: FolderCache, storage: TaskStorage) => Promise<T>, options: TaskStorageOptions = {}): Promise<T> {
    const storage = this.storage(options);
    try {
      return await work(new FolderCache(storage, { folder: this.output }), storage);
    } finally {
      await storage.close();
    }
  }

  /** Runs the workflow with a storage of its own. @param look at results, before the runner is closed */
  async run(
    options: TaskRunnerOptions = {}, { name, look }: { readonly name?: string; readonly look?: (run: TaskRun, flow: Workflow) => Promise<void> } = {},
  ): Promise<TaskRun & { readonly ran: readonly string[] }> {
    const flow = workflow(this.temporary, name);
    const runner = new TaskRunner({ env: this.env, temporary: this.temporary, ...options });
    const run = await runner.run([flow.top]);
    await look?.(run, flow);
    await runner.close();
    return Object.assign(run, { ran: flow.ran });
  }

  write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.output, path)), { recursive: true });
      writeFileSync(join(this.output, path), text);
    }
  }

  remove(path: string): void {
    rmSync(join(this.output, path), { recursive: true, force: true });
  }

  files(): Record<string, string> {
    mkdirSync(this.output, { recursive: true });
    const files = readdirSync(this.output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(this.output, path), readFileSync(path, 'utf8')] as const;
    }).sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** What is on this computer now. @returns puts it back */
  snapshot(): () => void {
    const saved = `${this.home}.saved`;
    cpSync(this.home, saved, { recursive: true, preserveTimestamps: true });
    return () => {
      rmSync(this.home, { recursive: true });
      cpSync(saved, this.home, { recursive: true, preserveTimestamps: true });
    };
  }
}

async function readAll({ manifest, contents, objects }: Place): Promise<void> {
  const { records, folders } = manifest.current;
  const readFiles = async ({ entries }: Tree) => {
    for (const entry of entries) if (entry.type === 'file') expect(sha256(await readBytes(contents, entry.location))).toBe(entry.digest);
  };
  for (const record of records.values()) {
    await readBody(contents, record);
    if (record.tree !== undefined) await readFiles(await readTree(objects, record.tree));
  }
  for (const { tree } of folders.values()) await readFiles(await readTree(objects, tree));
}
