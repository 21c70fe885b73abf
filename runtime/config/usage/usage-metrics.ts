import { channel } from 'node:diagnostics_channel';
import { Counters } from '../../telemetry/counters.js';
import { HomeError } from '../../home/errors.js';
import { Home } from '../../home/home.js';
import { VersionedFile } from '../../home/versioned-file.js';
import { usageEndpoint } from './endpoint.js';
import { decodeUsage, DURATION_BUCKETS, emptyUsage, merged, withOne, type UsageContent, type UsageCounts } from './usage-counts.js';

export interface UsageOptions {
  /** The folder of local files. @default Home.open() */
  readonly home?: Home;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** What is sent, and nothing else. */
export interface UsageReport {
  readonly format: 'cache-tiers-usage-1';
  /** First and last day that it covers: `2030-01-31`. */
  readonly since: string;
  readonly until: string;
  /** Upper ends of the buckets of `durations`, in milliseconds. */
  readonly buckets: readonly number[];
  readonly commands: UsageCounts;
}

export interface UsageSettings {
  readonly enabled: boolean;
  readonly endpoint?: string;
}

export type UsageOutcome = { readonly sent: true } | UsageNotSent;

export interface UsageNotSent {
  readonly sent: false;
  readonly reason: 'disabled' | 'nothing to report' | 'not due' | 'failed';
  readonly error?: unknown;
}

/** Messages: `{ operation, error }`. Something went wrong that nobody was told. */
export const USAGE_ERRORS = channel('cdk-cache-tiers:usage:error');

const DEADLINE = 2000;
const INTERVAL = 86_400_000;
/** Counting gives up after this many others were first: a count less is better than a command that waits. */
const ATTEMPTS = 20;
/** What must not be lost is tried longer. */
const PATIENT_ATTEMPTS = 1000;

/**
 * How often which command was used, how it ended and how long it took. Counted in a local file; sent only if that is enabled, and only to where the
 * user wants it. There is no name of a parameter, argument, account or person in it.
 */
export class UsageMetrics {
  readonly counters = new Counters(['counted', 'dropped', 'reports', 'failures'] as const);
  private readonly now: () => number;

  constructor(private readonly options: UsageOptions = {}) {
    this.now = options.now ?? Date.now;
  }

  /**
   * Counts one command. Never throws.
   *
   * @param command of the program's own list: `config get`
   * @param outcome `ok`, or a code of an error
   * @param durationMs milliseconds
   */
  count(command: string, outcome: string, durationMs: number): void {
    try {
      const done = this.change(ATTEMPTS, (content) => ({ ...content, counts: withOne(content.counts, command, outcome, durationMs) }));
      this.counters.add(done ? 'counted' : 'dropped');
    } catch (error) {
      this.counters.add('dropped');
      USAGE_ERRORS.publish({ operation: 'count', error });
    }
  }

  /** Exactly what `report` would send now. @throws HomeError if the file cannot be read */
  preview(): UsageReport {
    return this.reportOf(this.read().content);
  }

  /** @throws HomeError if the file cannot be read */
  settings(): UsageSettings {
    const found = this.file('settings').read();
    try {
      const { endpoint } = JSON.parse(found?.bytes.toString() ?? '{}') as { endpoint?: unknown };
      return endpoint === undefined ? { enabled: false } : { enabled: true, endpoint: usageEndpoint(endpoint).href };
    } catch { // what cannot be read has enabled nothing
      return { enabled: false };
    }
  }

  /**
   * From now on `report` sends to this endpoint.
   *
   * @throws InvalidArgumentError `E_CONFIG_USAGE_ENDPOINT`; HomeError if it cannot be written
   */
  enable({ endpoint }: { readonly endpoint: string }): void {
    this.writeSettings({ endpoint: usageEndpoint(endpoint).href });
  }

  /** From now on nothing is sent. @throws HomeError if it cannot be written */
  disable(): void {
    this.writeSettings({});
  }

  /** Sends what was counted, if that is enabled, and begins anew. What could not be sent is kept. Takes two seconds at most; never throws. */
  async report(): Promise<UsageOutcome> {
    return this.send(false);
  }

  /** As `report`, but at most once a day, whether it succeeds or not. */
  async reportIfDue(): Promise<UsageOutcome> {
    return this.send(true);
  }

  /** Forgets what was counted. @throws HomeError if it cannot be written */
  reset(): void {
    if (!this.change(PATIENT_ATTEMPTS, ({ reported }) => emptyUsage(this.now(), reported))) throw busy();
    this.file('counts').removeOlder();
  }

  private async send(onlyIfDue: boolean): Promise<UsageOutcome> {
    try {
      const { enabled, endpoint } = this.settings();
      if (!enabled || endpoint === undefined) return { sent: false, reason: 'disabled' };
      const before = this.read().content;
      if (onlyIfDue && Math.abs(this.now() - (before.reported ?? before.since)) < INTERVAL) return { sent: false, reason: 'not due' };
      if (Object.keys(before.counts).length === 0) return { sent: false, reason: 'nothing to report' };
      return await this.sendTo(endpoint);
    } catch (error) {
      return this.failed(error);
    }
  }

  private async sendTo(endpoint: string): Promise<UsageOutcome> {
    // Taken out first: of two processes that report at once, each sends what the other does not.
    let taken: UsageContent | undefined;
    if (!this.change(PATIENT_ATTEMPTS, () => emptyUsage(this.now(), this.now()), (content) => { taken = content; })) throw busy();
    try {
      await post(endpoint, JSON.stringify(this.reportOf(taken!)));
      this.counters.add('reports');
      return { sent: true };
    } catch (error) {
      this.change(PATIENT_ATTEMPTS, (content) => ({ ...content, since: taken!.since, counts: merged(taken!.counts, content.counts) }));
      return this.failed(error);
    }
  }

  private failed(error: unknown): UsageOutcome {
    this.counters.add('failures');
    USAGE_ERRORS.publish({ operation: 'report', error });
    return { sent: false, reason: 'failed', error };
  }

  private reportOf({ since, counts }: UsageContent): UsageReport {
    return { format: 'cache-tiers-usage-1', since: day(since), until: day(this.now()), buckets: DURATION_BUCKETS, commands: counts };
  }

  /** @param written told what was there before, once it is replaced @returns false if others were first each time */
  private change(attempts: number, change: (content: UsageContent) => UsageContent, written?: (before: UsageContent) => void): boolean {
    const file = this.file('counts');
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { generation, content } = this.read(file);
      if (!file.replace(generation, JSON.stringify(change(content)))) continue;
      written?.(content);
      return true;
    }
    return false;
  }

  private read(file: VersionedFile = this.file('counts')): { generation: number; content: UsageContent } {
    const found = file.read();
    return { generation: found?.generation ?? 0, content: (found && decodeUsage(found.bytes)) ?? emptyUsage(this.now()) };
  }

  private writeSettings(settings: { readonly endpoint?: string }): void {
    const file = this.file('settings');
    for (let attempt = 0; attempt < PATIENT_ATTEMPTS; attempt++) {
      if (file.replace(file.read()?.generation ?? 0, JSON.stringify(settings))) return;
    }
    throw busy();
  }

  private file(name: 'counts' | 'settings'): VersionedFile {
    const home = this.options.home ?? Home.open();
    return new VersionedFile(home.folder('usage'), name, { durable: name === 'settings', maxBytes: 2 ** 20, fileSystem: home.fileSystem });
  }
}

async function post(endpoint: string, body: string): Promise<void> {
  const response = await fetch(endpoint, {
    // A redirection is an answer like any that is no success: nothing goes to where the user has not sent it.
    method: 'POST', body, headers: { 'content-type': 'application/json' }, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the endpoint of usage reports answered ${response.status}`);
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function busy(): HomeError {
  return new HomeError('E_HOME_IO', 'others write to the usage counts all the time; try again', 'usage');
}
