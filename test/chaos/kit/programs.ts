import type { Book } from './book';
import { Hangs, type Program } from './program';

/** Bytes of JavaScript objects, and handles, that a process of the workload never needs. */
const HEAP = 256 * 2 ** 20;
const HANDLES = 256;

export async function startAll(programs: readonly Program[]): Promise<void> {
  await Promise.all(programs.map((program) => program.start()));
  await Promise.all(programs.map((program) => program.ask('resume')));
}

/** Lets all end what they are at. What does not end hangs. */
export async function haltAll(programs: readonly Program[], book: Book): Promise<void> {
  await Promise.all(programs.map(async (program) => {
    await unlessHanging(book, 'every call is answered', program, () => program.ask('halt'));
  }));
}

/** Memory and handles of those who have worked all the time. */
export async function checkResources(programs: readonly Program[], book: Book): Promise<void> {
  for (const program of programs) {
    const { heap, handles } = await program.ask<{ heap: number; handles: number }>('resources');
    book.check('memory and handles are bounded', heap < HEAP && handles < HANDLES, () => `${program.name}: ${heap} bytes, ${handles} handles`);
    book.check('no process ends by itself', program.ended === undefined, () => program.ended!);
  }
}

export async function unlessHanging(book: Book, invariant: string, program: Program, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    book.check(invariant, true, () => '');
  } catch (error) {
    if (!(error instanceof Hangs) && program.ended === undefined) throw error;
    book.check(invariant, false, () => program.ended ?? (error as Error).message);
  }
}

/** Tries again until it holds, so many times at the most: with a pause, for what comes by itself in a while. */
export async function eventually(holds: () => Promise<boolean>, tries = 200, pause = 100): Promise<boolean> {
  for (let i = 0; i < tries; i++) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return false;
}
