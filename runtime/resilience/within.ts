import { setMaxListeners } from 'node:events';

/** Waits for what others wait for too: a caller who leaves only stops waiting, and gets his signal's reason. */
export function within<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error);
    setMaxListeners(0, signal); // many may wait with one signal, and Node 20 warns of the eleventh
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Waits for something, and no longer than so many milliseconds. */
export async function atMost(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, milliseconds); });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
