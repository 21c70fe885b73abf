import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { damaged } from '../../runtime/home/fuzz';
import type { S3Server } from '../../support/s3-server';
import { unlessGone } from './faults';
import { eventually } from './programs';
import type { Program } from './program';
import type { Fault } from './tier';

/** Objects that are damaged at once. */
const SOME = 3;

/** Somebody replaces objects in the bucket by others, or deletes them. */
export function objectsDamaged(s3: S3Server): Fault {
  return {
    kind: 'objects corrupted',
    begin: async (random) => {
      const objects = s3.objects();
      await eventually(async () => objects.size > 0);
      const keys = [...objects.keys()];
      for (let i = 0; i < SOME; i++) {
        const key = random.pick(keys);
        const object = objects.get(key);
        if (object === undefined) continue;
        if (random.below(4) === 0) objects.delete(key);
        else objects.set(key, { ...object, body: object.body.length === 0 ? Buffer.from('x') : damaged(Buffer.from(object.body), random.below) });
      }
      return { end: () => undefined };
    },
  };
}

/** Files that a client keeps on a computer are other than they were. @param folders of them */
export function filesDamaged(folders: readonly string[]): Fault {
  return {
    kind: 'files on the disk corrupted',
    begin: async (random) => {
      const folder = random.pick(folders);
      let files: string[] = [];
      await eventually(async () => (files = filesBelow(folder)).length > 0);
      for (let i = 0; i < SOME; i++) {
        const file = random.pick(files);
        try {
          const bytes = readFileSync(file);
          writeFileSync(file, bytes.length === 0 ? 'x' : damaged(bytes, random.below));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // it was removed meanwhile
        }
      }
      return { end: () => undefined };
    },
  };
}

function filesBelow(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return []; // it is not there yet, or changes
  }
}

/** Nothing more can be written on one of the computers. */
export function diskFull(programs: readonly Program[]): Fault {
  return {
    kind: 'disk full',
    begin: async (random) => {
      const program = random.pick(programs);
      const set = (full: boolean) => program.ask('disk', { full }).catch(unlessGone);
      const before = await program.ask<number>('refused');
      await set(true);
      const met = await eventually(async () => await program.ask<number>('refused') > before, 300, 50);
      return { end: () => set(false), met: () => met };
    },
  };
}
