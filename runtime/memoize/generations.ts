import { MEMO_GENERATION } from '../../lib/contract/memo.js';
import type { Generation } from '../stores/entry-store.js';

/** Counters, by scope, under which a value was computed. */
export type Stamp = Readonly<Record<string, number>>;

interface Known extends Generation {
  /** When the store last confirmed it, in Unix epoch milliseconds. */
  readonly checked: number;
  /** The tick in which this value of the counter was learned. */
  readonly learned: number;
  /** The tick in which this process raised it itself. */
  readonly raisedHere: number;
}

/** Scopes of tags that are remembered at the most; a forgotten one is read again. */
const MAX_SCOPES = 10_000;
/** Another process's clock may be ahead by this when it raises a tag's counter, in milliseconds. */
const CLOCK_TOLERANCE = 2000;

/**
 * What this process knows of the generation counters. A value computed under a lower counter than the known one has been
 * invalidated. Counters never go down, so a read that comes late can be old but never wrong.
 */
export class Generations {
  private readonly known = new Map<string, Known>();
  /** Changes whenever something was invalidated: what was valid before has to be looked at again. */
  epoch = 0;
  /** Goes up with everything that is learned; says what was known before a run began. */
  private ticks = 0;

  get tick(): number {
    return this.ticks;
  }

  counter(scope: string): number {
    return this.known.get(scope)?.counter ?? 0;
  }

  /** When the oldest of the scopes was last confirmed; -Infinity if one never was. */
  checkedAt(scopes: readonly string[]): number {
    let oldest = Infinity;
    for (const scope of scopes) oldest = Math.min(oldest, this.known.get(scope)?.checked ?? -Infinity);
    return oldest;
  }

  /** @param here this process has raised the counter itself */
  learn(scope: string, generation: Generation, checked: number, here = false): void {
    const before = this.known.get(scope);
    const newer = generation.counter > (before?.counter ?? 0);
    if (newer) this.epoch++;
    this.ticks++;
    this.known.delete(scope); // to the end of the Map: the order is that of the last confirmation
    this.known.set(scope, {
      counter: newer ? generation.counter : before?.counter ?? 0,
      raised: newer ? generation.raised : before?.raised ?? 0,
      learned: newer || before === undefined ? this.ticks : before.learned,
      raisedHere: here ? this.ticks : before?.raisedHere ?? -Infinity,
      checked,
    });
    if (this.known.size > MAX_SCOPES) this.forgetOldestTag();
  }

  stamp(scopes: readonly string[]): Stamp {
    return Object.fromEntries(scopes.map((scope) => [scope, this.counter(scope)]));
  }

  /** Whether nothing in the stamp has been invalidated, as far as this process knows. */
  isCurrent(stamp: Stamp): boolean {
    for (const scope in stamp) if (stamp[scope] < this.counter(scope)) return false;
    return true;
  }

  /**
   * Whether a counter may have been raised after a run began. What was known by then is certain; of what was learned
   * since only the clocks can tell.
   *
   * @param tick the tick in which the run began
   * @param begun when it began, in Unix epoch milliseconds
   */
  mayHaveRisenSince(scope: string, tick: number, begun: number): boolean {
    const known = this.known.get(scope);
    if (known === undefined) return false;
    return known.raisedHere > tick || (known.raised > 0 && known.learned > tick && known.raised > begun - CLOCK_TOLERANCE);
  }

  private forgetOldestTag(): void {
    for (const scope of this.known.keys()) {
      if (!scope.startsWith(MEMO_GENERATION.tag(''))) continue;
      this.known.delete(scope);
      return;
    }
  }
}
