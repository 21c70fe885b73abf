import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { show } from '../../errors.js';
import type { TaskOutput } from '../definition/shapes.js';
import { TaskError } from '../errors.js';
import { checkPath } from '../files/check-path.js';
import { scanFolder } from '../files/scan.js';

/** Files that a task has left. */
export interface OutputFiles {
  readonly folder: string;
  /** Relative to it, with `/`, in order. */
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** Files of one try of a task, in a folder of their own until the try is over: all of them are taken, or none. */
export class StagedOutput implements TaskOutput {
  private readonly asked = new Set<string>();
  private isOpen = true;

  /** @param folder that is not there yet; it is made when the first file is asked for */
  constructor(private readonly folder: string) {}

  path(relative: string): string {
    if (!this.isOpen) {
      throw new TaskError('E_TASK_OUTPUT', `output.path(${show(relative)}) was asked for after the task had ended: await what writes it`);
    }
    const reason = checkPath(relative);
    if (reason !== undefined) {
      throw new TaskError('E_TASK_OUTPUT', `output.path must be given a relative path with / within the output, got ${show(relative)}: ${reason}`);
    }
    const path = join(this.folder, relative);
    mkdirSync(dirname(path), { recursive: true });
    this.asked.add(relative);
    return path;
  }

  /**
   * What is there. Nothing more is added from now on.
   *
   * @returns `undefined` if no file was asked for
   * @throws TaskError `E_TASK_OUTPUT` if one of them is not there
   */
  async take(): Promise<OutputFiles | undefined> {
    this.isOpen = false;
    const missing = [...this.asked].find((relative) => !existsSync(join(this.folder, relative)));
    if (missing !== undefined) {
      throw new TaskError('E_TASK_OUTPUT', `output.path(${show(missing)}) was asked for, and there is no such file: write it before run returns`);
    }
    return this.asked.size > 0 ? filesIn(this.folder) : undefined;
  }

  async drop(): Promise<void> {
    this.isOpen = false;
    if (this.asked.size > 0) await rm(this.folder, { recursive: true, force: true }).catch(() => undefined); // it is below a temporary one
  }
}

/** What Node lists of folders by itself goes through symbolic links, round in circles, too. */
async function filesIn(folder: string): Promise<OutputFiles> {
  const { files } = await scanFolder(folder, { ignore: [] });
  return { folder, paths: files.map(({ path }) => path), bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
