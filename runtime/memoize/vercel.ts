interface VercelContext {
  get?(): { waitUntil?: (work: Promise<unknown>) => void } | undefined;
}

const VERCEL = Symbol.for('@vercel/request-context');

/** Vercel's waitUntil of the request that is being answered, if this runs there. */
export function vercelWaitUntil(): ((work: Promise<unknown>) => void) | undefined {
  const context = (globalThis as unknown as Record<symbol, VercelContext | undefined>)[VERCEL]?.get?.();
  const waitUntil = context?.waitUntil;
  return waitUntil === undefined ? undefined : (work) => waitUntil.call(context, work);
}
