import { LIVE_NAMESPACE, LIVE_OBJECT_PREFIX } from '../../lib/contract/live';
import type { S3Client } from '../../runtime/aws/s3';
import { namesBelow } from '../shared/names-below';
import { Tally } from './tally';

/** A minute whose objects may all be deleted. */
export interface DueMinute {
  /** `v1/<namespace>/<minute>/` */
  readonly prefix: string;
  /** Unix epoch milliseconds. */
  readonly minute: number;
  readonly tally: Tally;
}

export interface DueOptions {
  readonly client: Pick<S3Client, 'list'>;
  readonly bucket: string;
  /** @default - all that there are */
  readonly namespace?: string;
  /** Milliseconds. */
  readonly grace: number;
  /** Unix epoch milliseconds. */
  readonly now: number;
  /** No request is begun or goes on once it has aborted. */
  readonly stop: AbortSignal;
}

/** Minutes that one run takes up in a namespace; the next one goes on. They are two days', longer than the bucket keeps anything. */
const MOST = 3_000;
/** For all names below a prefix, in milliseconds. */
const TIMEOUT = 60_000;

/** @returns what the name of a minute stands for, in Unix epoch milliseconds; undefined if it is none */
export function minuteNamed(name: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(name) ? Date.parse(`${name}Z`) : NaN;
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 16) !== name ? undefined : time;
}

/** The namespaces. @throws AwsError */
export async function namespacesOf(options: DueOptions): Promise<Tally[]> {
  if (options.namespace !== undefined) return [new Tally(options.namespace)];
  const found: Tally[] = [];
  for await (const name of names(LIVE_OBJECT_PREFIX, options)) if (LIVE_NAMESPACE.test(name)) found.push(new Tally(name));
  return found;
}

/** Minutes of a namespace that are over, the oldest first. @throws AwsError */
export async function dueMinutes(tally: Tally, options: DueOptions): Promise<DueMinute[]> {
  const { grace, now } = options;
  const below = `${LIVE_OBJECT_PREFIX}${tally.namespace}/`;
  const due: DueMinute[] = [];
  for await (const name of names(below, options)) {
    const minute = minuteNamed(name);
    if (minute === undefined) tally.foreign += 1;
    else if (minute + grace < now) due.push({ prefix: `${below}${name}/`, minute, tally });
    if (due.length === MOST) break;
  }
  tally.lag = due.length === 0 ? 0 : Math.floor((now - grace - due[0]!.minute) / 1000);
  return due;
}

function names(prefix: string, { client, bucket, stop }: DueOptions): AsyncGenerator<string> {
  return namesBelow(prefix, { client, bucket, signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT)]) });
}
