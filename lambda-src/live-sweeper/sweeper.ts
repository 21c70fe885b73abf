import type { S3Client, S3ObjectSummary } from '../../runtime/aws/s3';
import { Pacer } from '../../runtime/resilience/pacer';
import { codeOf, Deleter } from './deleter';
import { dueMinutes, namespacesOf, type DueMinute, type DueOptions } from './due-minutes';
import type { Tally } from './tally';

export interface SweepOptions {
  readonly client: Pick<S3Client, 'list' | 'delete' | 'deleteMany'>;
  readonly bucket: string;
  /** @default - all that there are */
  readonly namespace?: string;
  /** Milliseconds that objects are kept beyond their minute: the longest read that began just before, and what clocks differ by. */
  readonly grace: number;
  readonly now: () => number;
  /** No request is begun once it has aborted. */
  readonly stop: AbortSignal;
  /** Ends requests that are under way. */
  readonly end: AbortSignal;
  /** Is told of what could not be done. @param what a key or a prefix */
  readonly failed: (what: string, code: string) => void;
  /** @default - one that begins with 20 requests a second */
  readonly pacer?: Pacer;
}

/** Objects of a list, and how long it may take, in milliseconds. */
const PAGE = 1000;
const TIMEOUT = 30_000;

export interface Sweep {
  readonly tallies: readonly Tally[];
  /** Whether all that was due has been looked at; otherwise the next run goes on. */
  readonly complete: boolean;
}

/**
 * Deletes the objects of all minutes that are over, the oldest first. Runs may overlap, and may be killed at any point: there is nothing that one
 * must remember, as the names of the objects say all.
 *
 * A minute is the one of who wrote the object, by his own clock. If that is slow, his objects are overdue from the beginning: so none is deleted
 * before it has been there for as long as `grace`, by the bucket's clock.
 */
export async function sweep(options: SweepOptions): Promise<Sweep> {
  const { stop } = options;
  const wanted: DueOptions = { ...options, now: options.now() };
  const deleter = new Deleter({ ...options, pacer: options.pacer ?? new Pacer({ rate: 20 }) });
  const tallies = await namespacesOf(wanted).catch((error: unknown) => {
    if (stop.aborted) return [];
    throw error;
  });
  const minutes: DueMinute[] = [];
  for (const tally of tallies) {
    await attempt(tally, tally.namespace, options, async () => { minutes.push(...await dueMinutes(tally, wanted)); });
  }
  minutes.sort((a, b) => a.minute - b.minute);
  for (const minute of minutes) {
    if (stop.aborted) break;
    await attempt(minute.tally, minute.prefix, options, () => sweepMinute(minute, deleter, wanted));
  }
  await deleter.finish();
  return { tallies, complete: !stop.aborted };
}

async function sweepMinute({ prefix, tally }: DueMinute, deleter: Deleter, options: DueOptions): Promise<void> {
  const { grace, now, stop } = options;
  let startAfter: string | undefined;
  do {
    const page = await pageBelow(prefix, startAfter, options);
    for (const { key, bytes, lastModified } of page) {
      if (now - lastModified.getTime() < grace) tally.young += 1;
      else await deleter.add({ key, bytes, tally });
    }
    startAfter = page.length < PAGE ? undefined : page.at(-1)!.key;
  } while (startAfter !== undefined && !stop.aborted);
}

/** A page has a time of its own: in between, deleting may take long. */
async function pageBelow(prefix: string, startAfter: string | undefined, { client, bucket, stop }: DueOptions): Promise<S3ObjectSummary[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT)]);
  const page: S3ObjectSummary[] = [];
  for await (const object of client.list(bucket, { prefix, startAfter, maxKeys: PAGE, signal })) {
    page.push(object);
    if (page.length === PAGE) break;
  }
  return page;
}

/** A list that cannot be had ends nothing else. */
async function attempt(tally: Tally, what: string, { stop, failed }: SweepOptions, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (stop.aborted) return;
    tally.failures += 1;
    failed(what, codeOf(error));
  }
}
