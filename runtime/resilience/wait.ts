import { setTimeout as pause } from 'node:timers/promises';

/** Resolves after so many milliseconds. @throws the signal's reason once it aborts */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
}
