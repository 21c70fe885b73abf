import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { startParameterStore, type ParameterStoreServer } from '../../support/parameter-store';
import { startS3, type S3Server } from '../../support/s3-server';
import { cli, type RunOptions, type RunResult } from '../terminal';

/** The SSM parameter with the switches. */
export const SWITCHES = '/test/switches';

/** A computer: a folder that is kept, and a local cache. */
export interface Computer {
  /** The folder that is kept, called `output`. */
  readonly output: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `cache-tiers tasks`. */
  tasks(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The same of `pull`, `push`, `run`, `plan` with the folder. */
  folders(command: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  write(files: Readonly<Record<string, string>>): void;
  /** All files of the folder, by path. */
  read(): Record<string, string>;
}

export interface TasksWorld {
  readonly s3: S3Server;
  readonly parameters: ParameterStoreServer;
  /** A new one each time. @param variables beside those that name the bucket and the credentials */
  computer(variables?: Readonly<Record<string, string>>): Computer;
  /** Empties the bucket. */
  reset(): void;
  close(): Promise<void>;
}

export async function startWorld(): Promise<TasksWorld> {
  const root = mkdtempSync(join(tmpdir(), 'cli-tasks-'));
  const [s3, parameters] = await Promise.all([startS3(), startParameterStore()]);
  let computers = 0;
  return {
    s3, parameters,
    computer(variables = {}) {
      const home = join(root, String(computers += 1));
      const output = join(home, 'output');
      const env = {
        ...s3.environment, ...parameters.environment, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(home, 'none'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'), CACHE_TIERS_HOME: home, HOME: home, PATH: process.env.PATH!,
        TASK_CACHE_BUCKET: s3.bucket, TASK_CACHE_S3_ENDPOINT: s3.endpoint, TASK_CACHE_FOLDER: join(home, 'cache'), ...variables,
      };
      mkdirSync(output, { recursive: true });
      const tasks: Computer['tasks'] = (args, options = {}) => cli(['tasks', ...args], { ...options, env: { ...env, ...options.env } });
      return {
        output, env, tasks,
        folders: (command, args = [], options) => tasks([command, '--path', output, ...args], options),
        write(files) {
          for (const [path, text] of Object.entries(files)) {
            mkdirSync(dirname(join(output, path)), { recursive: true });
            writeFileSync(join(output, path), text);
          }
        },
        read: () => Object.fromEntries(readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name)).sort().map((path) => [relative(output, path), readFileSync(path, 'utf8')])),
      };
    },
    reset() {
      s3.reset();
    },
    async close() {
      await Promise.all([s3.close(), parameters.close()]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
