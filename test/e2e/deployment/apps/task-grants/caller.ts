// Somebody with one of the app's roles: with the library's own client and terminal, and with what he could call besides.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { defineTask, FolderCache, TaskRunner, TaskStorage, type PullReport, type PushReport } from '../../../../../runtime/tasks';
import type { E2e, Identity, TerminalResult } from '../../kit';

/** What came of a task. */
export interface Done {
  readonly value: string;
  /** The scope that the result is from; none: it ran. */
  readonly from?: string;
  /** Scopes that it was kept in. */
  readonly kept: readonly string[];
  /** Of the bucket and the parameter, which nobody else was told of. */
  readonly errors: readonly string[];
}

export class Caller {
  readonly s3: S3Client;

  /** @param scope that he writes to, and reads first */
  constructor(private readonly e2e: E2e, readonly identity: Identity, private readonly scope = 'main', private readonly readScopes = '') {
    this.s3 = identity.as(S3Client);
  }

  /** What a scope's `environment` has. */
  private get environment(): Record<string, string> {
    const { outputs } = this.e2e;
    return {
      TASK_CACHE_BUCKET: outputs.Bucket!, TASK_CACHE_SWITCHES: outputs.Switches!, TASK_CACHE_MODE: 'remote:rw', TASK_CACHE_SCOPE: this.scope,
      TASK_CACHE_READ_SCOPES: this.readScopes,
    };
  }

  /**
   * Runs the task of a name; everybody's has the same key.
   *
   * @param makes its result, if it runs: whoever runs it decides
   */
  async run(name: string, makes: string, { lease = false, mode }: { readonly lease?: boolean; readonly mode?: string } = {}): Promise<Done> {
    const task = defineTask({
      family: 'GrantsTask', kind: 'read', policy: 'forever', params: { name: 'string' },
      run: ({ output }) => {
        writeFileSync(output.path('made.txt'), makes);
        return makes;
      },
    })({ name });
    return this.open(async (storage) => {
      const runner = new TaskRunner({ storage, lease });
      const run = await runner.run([task]);
      const { from, kept } = run.outcomeOf(task);
      const { value, files } = run.resultOf(task);
      const made = Buffer.from(await files.read('made.txt')).toString();
      await runner.close();
      if (made !== value) throw new Error(`the result's file has ${made}, and its value is ${value}`);
      return { value, from: from?.scope, kept: kept.map(({ scope }) => scope), errors: run.summary.storeErrorMessages };
    }, mode);
  }

  /** Pushes a folder with these files. */
  push(files: Readonly<Record<string, string>>): Promise<PushReport> {
    return this.inFolder((folder) => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      return this.open((storage) => new FolderCache(storage, { folder, name: 'output' }).push());
    });
  }

  /** Pulls into an empty folder. @returns with the content of one file */
  pull(file: string): Promise<PullReport & { readonly content: string }> {
    return this.inFolder(async (folder) => {
      const report = await this.open((storage) => new FolderCache(storage, { folder, name: 'output' }).pull());
      return { ...report, content: readFileSync(join(folder, file), 'utf8') };
    });
  }

  /** `cache-tiers tasks …` */
  terminal(...args: string[]): Promise<TerminalResult> {
    return this.e2e.command(this.identity, ['tasks', ...args], { env: this.environment }).result();
  }

  private async open<T>(use: (storage: TaskStorage) => Promise<T>, mode?: string): Promise<T> {
    const storage = TaskStorage.open({ mode, env: { ...this.identity.environment, ...this.environment } });
    try {
      return await use(storage);
    } finally {
      await storage.close();
    }
  }

  private async inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'task-grants-'));
    try {
      return await use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
