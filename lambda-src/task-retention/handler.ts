import type { Context } from 'aws-lambda';
import { taskPrefix } from '../../lib/contract/tasks';
import { Deadline } from '../../runtime/resilience/deadline';
import type { ObjectStore } from '../../runtime/stores/object-store';
import { PrefixedObjectStore } from '../../runtime/stores/prefixed-object-store';
import { ManifestFile } from '../../runtime/tasks/manifest/manifest-file';
import { log } from '../shared/log';
import type { WriteMetrics } from './metrics';
import { placesIn, type PlacesOptions } from './places';
import { retain, type Limits } from './retain';
import type { Tally } from './tally';

export interface RetentionOptions extends Limits, Omit<PlacesOptions, 'signal'> {
  /** All of the bucket. */
  readonly store: ObjectStore;
  readonly metrics: WriteMetrics;
  readonly now: () => number;
}

/** Before the function is stopped, in milliseconds: no request goes on. Of little time a part. */
const END = 15_000;
const DAY = 24 * 3600 * 1000;
/** Failures that are told one by one. */
const TOLD = 20;

export function createHandler(options: RetentionOptions) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const remaining = context.getRemainingTimeInMillis();
    const left = () => context.getRemainingTimeInMillis() - Math.min(END, remaining / 2);
    const end = new Deadline(left());
    try {
      const places = await placesIn({ ...options, signal: end.signal });
      const ordered = fromToday(places, options.now());
      for (const [index, tally] of ordered.entries()) {
        if (end.signal.aborted) break;
        // Half of what is left for each, so that a large one does not take the time of all others; the last one has the rest.
        await leg(tally, left() / (index < ordered.length - 1 ? 2 : 1), end.signal, options);
      }
      if (end.signal.aborted) log('out of time: the next run goes on');
    } finally {
      end.close();
    }
  };
}

/** Another one is the first each day, so that all have their turn where there is no time for all. */
function fromToday(places: readonly Tally[], now: number): readonly Tally[] {
  const first = places.length === 0 ? 0 : Math.floor(now / DAY) % places.length;
  return [...places.slice(first), ...places.slice(0, first)];
}

/** One namespace, whose trouble is no other's. */
async function leg(tally: Tally, time: number, end: AbortSignal, { store, metrics, maxAge, maxBytes, grace }: RetentionOptions): Promise<void> {
  const deadline = new Deadline(time);
  const signal = AbortSignal.any([end, deadline.signal]);
  const objects = new PrefixedObjectStore(store, taskPrefix(tally.scope, tally.namespace));
  let told = 0;
  const failed = (what: string, why: string) => {
    told += 1;
    if (told <= TOLD) log('not retained', { scope: tally.scope, namespace: tally.namespace, what, why });
  };
  try {
    await retain(tally, { objects, manifest: new ManifestFile(objects), maxAge, maxBytes, grace, signal, failed });
  } catch (error) {
    tally.failures += 1;
    const { name, message, code } = error as Error & { readonly code?: unknown };
    failed('namespace', signal.aborted ? 'out of time' : `${String(code ?? name)}: ${message}`);
  } finally {
    deadline.close();
  }
  log('retained', { ...tally });
  metrics(tally);
}
