import { MEMO_GENERATION } from '../../lib/contract/memo.js';
import type { Generation } from '../stores/entry-store.js';
import type { Generations, Stamp } from './generations.js';
import type { MemoryEntry } from './memory-entry.js';
import type { Memoizer } from './memoizer.js';
import type { Remote } from './remote.js';

/** After a failed poll the next one in the background waits this long, in milliseconds. */
const POLL_RETRY = 1000;

/** A run of a function, or what stands for one. */
export interface Run {
  /** When it began, in Unix epoch milliseconds. */
  readonly created: number;
  /** The generations' tick in which it began. */
  readonly tick: number;
  /** Counters that it began under. */
  readonly stamp: Stamp;
}

/** What one function knows of invalidations of its values, and how it learns of them. */
export class Validity {
  private readonly generations: Generations;
  private readonly polls = new Map<string, Promise<boolean>>();
  private pollAgainAt = -Infinity;

  /** @param scopes the counters that invalidate every value of the function */
  constructor(private readonly memoizer: Memoizer, private readonly remote: Remote | undefined, private readonly scopes: readonly string[]) {
    this.generations = memoizer.generations;
  }

  /** Counters under which a value that is computed now is valid. */
  stamp(): Stamp {
    return this.generations.stamp(this.scopes);
  }

  /** A run that begins now. */
  begin(): Run {
    return { created: this.memoizer.clock.now(), tick: this.generations.tick, stamp: this.stamp() };
  }

  /** Those of the function's scopes that a read should bring along. */
  scopesDue(): readonly string[] {
    const due = this.memoizer.clock.now() - this.memoizer.invalidationInterval / 2;
    return this.scopes.filter((scope) => this.generations.checkedAt([scope]) < due);
  }

  /** @param asked when the table was asked: what it answers was true then, however long the answer took */
  learn(generations: ReadonlyMap<string, Generation>, asked: number): void {
    for (const [scope, generation] of generations) this.generations.learn(scope, generation, asked);
  }

  /** Whether nobody has confirmed for too long that nothing of this was invalidated. */
  isUnconfirmed(stamp: Stamp, now: number): boolean {
    if (this.remote === undefined) return false;
    const age = now - this.generations.checkedAt(Object.keys(stamp));
    return age >= this.memoizer.invalidationInterval || age < 0; // below zero: the clock was set back
  }

  /** Whether a stored value can be invalidated by all that invalidates this function's values: tags may have been added since. */
  covers(stamp: Stamp): boolean {
    return this.scopes.every((scope) => scope in stamp);
  }

  /** Whether nothing of this was invalidated; asks the table where that is not known. If the table is silent, it was not. */
  async isCurrent(stamp: Stamp, budget: number): Promise<boolean> {
    if (this.isUnconfirmed(stamp, this.memoizer.clock.now())) await within(budget, this.poll(stamp));
    return this.generations.isCurrent(stamp);
  }

  /** Asks the table for counters, once for all who want the same. @returns whether it answered */
  poll(stamp: Stamp): Promise<boolean> {
    const scopes = Object.keys(stamp);
    const id = scopes.join('\n');
    let poll = this.polls.get(id);
    if (poll === undefined) {
      const asked = this.memoizer.clock.now();
      poll = this.remote!.poll(scopes).then((outcome) => {
        this.polls.delete(id);
        if (outcome.ok) this.learn(outcome.value, asked);
        else this.pollAgainAt = this.memoizer.clock.now() + POLL_RETRY;
        return outcome.ok;
      });
      this.polls.set(id, poll);
    }
    return poll;
  }

  /** Marks a current entry, so that hits need not look at its counters for a while. Asks for them in the background when half of that is over. */
  confirm(entry: MemoryEntry): void {
    const { generations } = this;
    const { invalidationInterval } = this.memoizer;
    entry.epoch = generations.epoch;
    if (this.remote === undefined) return;
    const now = this.memoizer.clock.now();
    entry.confirmedFrom = now;
    entry.confirmedUntil = Math.max(generations.checkedAt(Object.keys(entry.stamp)) + invalidationInterval / 2, this.pollAgainAt);
    if (now >= entry.confirmedUntil) this.memoizer.background(this.poll(entry.stamp));
  }

  /**
   * The stamp of a run's value, with tags that were not known before it was computed.
   *
   * @returns `undefined` if one of the tags may have been invalidated while it was computed
   */
  async stampWithTags(run: Run, tags: readonly string[], budget: number): Promise<Stamp | undefined> {
    const scopes = tags.map(MEMO_GENERATION.tag).filter((scope) => !(scope in run.stamp));
    if (scopes.length === 0) return run.stamp;
    const { generations } = this;
    // Counters that are known are good enough: one that is out of date makes the value too old for others, never too young.
    const unknown = scopes.filter((scope) => generations.checkedAt([scope]) < this.memoizer.clock.now() - this.memoizer.invalidationInterval);
    if (this.remote !== undefined && unknown.length > 0) {
      await within(budget, this.poll(Object.fromEntries(unknown.map((scope) => [scope, 0]))));
    }
    if (scopes.some((scope) => generations.mayHaveRisenSince(scope, run.tick, run.created))) return undefined;
    return { ...run.stamp, ...generations.stamp(scopes) };
  }
}

/** Waits for something, but not for longer than so many milliseconds. */
async function within(budget: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => { timer = setTimeout(resolve, budget); })]);
  clearTimeout(timer);
}
