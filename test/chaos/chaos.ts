import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lane } from './kit/faults';
import { Random } from './kit/random';
import type { InvariantReport } from './kit/book';
import type { Tier, TierSetting } from './kit/tier';
import type { ChaosOptions, TierName } from './options';

export interface TierReport {
  readonly tier: TierName;
  /** Faults by kind that were met by somebody. */
  readonly faults: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly invariants: readonly InvariantReport[];
  /** Seconds that each phase took. */
  readonly took: Readonly<Partial<Record<Phase, number>>>;
}

/** From so many seconds on, every kind of fault must have been met. */
export const ALL_KINDS_FROM = 60;

export type Phase = 'starts' | 'faults' | 'recovers' | 'judges' | 'done';

/** Faults over one tier, then its recovery. */
export class TierRun {
  phase: Phase = 'starts';
  private readonly took: Partial<Record<Phase, number>> = {};
  private since = performance.now();
  readonly tier: Tier;
  private readonly folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  private lanes: readonly Lane[] = [];

  constructor(make: (setting: TierSetting) => Tier, private readonly seed: number) {
    this.tier = make({ seed, folder: this.folder });
  }

  async run(seconds: number): Promise<void> {
    const { tier } = this;
    try {
      await tier.start();
      this.enter('faults');
      const end = performance.now() + seconds * 1000;
      this.lanes = tier.lanes.map((faults, i) => new Lane(faults, new Random(this.seed + i)));
      await Promise.all(this.lanes.map((lane) => lane.run(() => performance.now() > end)));
      this.enter('recovers');
      await tier.recover();
    } catch (error) {
      tier.book.check('the run comes to its end', false, () => (error as Error).stack ?? String(error));
    }
    await this.close();
    this.enter('judges');
    await tier.judge();
    if (seconds >= ALL_KINDS_FROM) {
      for (const [kind, times] of Object.entries(this.faults)) {
        tier.book.check('every kind of fault was met', times > 0, () => kind);
      }
    }
    this.enter('done');
  }

  /** By kind, so far. */
  get faults(): Record<string, number> {
    return Object.assign({}, ...this.lanes.map(({ injected }) => injected)) as Record<string, number>;
  }

  report(): TierReport {
    const { name, book: { operations, answers } } = this.tier;
    return { tier: name, faults: this.faults, operations, answers, invariants: this.tier.book.reports(), took: this.took };
  }

  private enter(phase: Phase): void {
    const now = performance.now();
    this.took[this.phase] = Math.round((now - this.since) / 1000);
    this.since = now;
    this.phase = phase;
  }

  async close(): Promise<void> {
    await this.tier.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns whether every invariant held */
export async function runAll(runs: readonly TierRun[], { seconds }: Pick<ChaosOptions, 'seconds'>): Promise<boolean> {
  await Promise.all(runs.map((run) => run.run(seconds)));
  return runs.every(({ tier }) => tier.book.broken.length === 0);
}
