/** What could be found out, or why it could not. */
export type Known<T> = T | { readonly error: Error };

/** @throws the signal's reason if it has aborted */
export async function known<T extends object>(answer: Promise<T>, signal?: AbortSignal): Promise<Known<T>> {
  try {
    return await answer;
  } catch (error) {
    signal?.throwIfAborted();
    return { error: error as Error };
  }
}
