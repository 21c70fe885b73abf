import type { Context } from 'aws-lambda';
import { taskPrefix } from '../../lib/contract/tasks';
import { Deadline } from '../../runtime/resilience/deadline';
import type { ObjectStore } from '../../runtime/stores/object-store';
import { PrefixedObjectStore } from '../../runtime/stores/prefixed-object-store';
import { ManifestFile } from '../../runtime/tasks/manifest/manifest-file';
import { log } from '../shared/log';
import type { NamesPlace } from '../shared/names-below';
import type { WriteMetrics } from './metrics';
import { placesIn, scopesIn } from './places';
import { retain, type Limits } from './retain';
import type { Tally } from './tally';

export interface RetentionOptions extends Limits, Omit<NamesPlace, 'signal'> {
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

/** Namespaces of a scope that have metrics. CloudWatch bills each, and whoever may write to a scope can make any number. */
const MEASURED = 100;

export function createHandler(options: RetentionOptions) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const remaining = context.getRemainingTimeInMillis();
    const left = () => context.getRemainingTimeInMillis() - Math.min(END, remaining / 2);
    const end = new Deadline(left());
    try {
      const scopes = fromToday(await scopesIn({ ...options, signal: end.signal }), options.now());
      const failures: unknown[] = [];
      for (const [index, scope] of scopes.entries()) {
        if (end.signal.aborted) break;
        // Its share of what is left: what somebody puts into one scope does not take the time of another.
        await scopeLeg(scope, left, left() / (scopes.length - index), end.signal, options).catch((error: unknown) => failures.push(error));
      }
      if (end.signal.aborted) log('out of time: the next run goes on');
      if (failures.length > 0) throw failures[0];
    } finally {
      end.close();
    }
  };
}

/** Another one is the first each day, so that all have their turn where there is no time for all. */
function fromToday<T>(all: readonly T[], now: number): readonly T[] {
  const first = all.length === 0 ? 0 : Math.floor(now / DAY) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** One scope. @throws AwsError if it cannot be listed */
async function scopeLeg(scope: string, left: () => number, time: number, end: AbortSignal, options: RetentionOptions): Promise<void> {
  const over = left() - time;
  const deadline = new Deadline(time);
  const signal = AbortSignal.any([end, deadline.signal]);
  try {
    const places = await placesIn(scope, { ...options, signal });
    const measured = new Set(places.slice(0, MEASURED));
    const ordered = fromToday(places, options.now());
    for (const [index, tally] of ordered.entries()) {
      if (signal.aborted) break;
      // Half of what is left for each, so that a large one does not take the time of all others; the last one has the rest.
      await leg(tally, (left() - over) / (index < ordered.length - 1 ? 2 : 1), signal, options);
      if (measured.has(tally)) options.metrics(tally);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (deadline.signal.aborted && !end.aborted) log('out of time for a scope: the next run goes on', { scope });
    deadline.close();
  }
}

/** One namespace, whose trouble is no other's. */
async function leg(tally: Tally, time: number, end: AbortSignal, { store, maxAge, maxBytes, grace }: RetentionOptions): Promise<void> {
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
}
