import type { Answer } from '../data/kept.js';
import type { StoredState } from '../stores/entry-store.js';
import type { Stamp } from './generations.js';
import type { MemoFunction } from './memo-function.js';
import type { Remote } from './remote.js';

/** Milliseconds between looks at the value that another process computes; jittered, growing from the first to the last. */
const FIRST_PAUSE = 20;
const LAST_PAUSE = 250;
/** Share of the lease after which its holder extends it: one extension may fail. */
const RENEW_AFTER = 1 / 3;

/** How waiting for another process ended. */
export interface WaitEnd {
  readonly answer?: Answer;
  /** The lease is ours now: its holder gave it back or let it run out. */
  readonly taken: boolean;
  readonly state: StoredState | undefined | 'unknown';
}

/** One caller's dealings with the lease of a key. */
export class LeaseWait {
  constructor(
    private readonly owner: MemoFunction,
    private readonly remote: Remote,
    private readonly key: string,
    readonly holder: string,
  ) {}

  /** @returns whether the lease was taken; `undefined` if the table did not say */
  async take(state: StoredState | undefined, budget: number): Promise<boolean | undefined> {
    const now = this.owner.now();
    const lease = { holder: this.holder, revision: leaseRevision(state, this.owner.validity.stamp()), until: now + this.owner.policy.lease };
    const outcome = await this.remote.acquire(this.key, lease, now, budget);
    return outcome.ok ? outcome.value : undefined;
  }

  /**
   * Looks until the value is there, the lease is free, or the wait has been long enough. A holder that gave its lease back has
   * no value to give: then all who wait compute, at once and each for itself, rather than one after the other.
   *
   * @param before what was at the key when the lease was not to be had
   * @param use takes the value, if it is good enough
   */
  async forValue(
    before: StoredState | undefined, use: (state: StoredState | undefined, asked: number) => Promise<Answer | undefined>,
  ): Promise<WaitEnd> {
    const { owner, remote } = this;
    const { clock, random } = owner.memoizer;
    const giveUp = clock.now() + owner.policy.leaseWait;
    let pause = FIRST_PAUSE;
    for (;;) {
      await clock.sleep(pause * (0.75 + random() / 2));
      pause = Math.min(pause * 1.5, LAST_PAUSE);
      const asked = clock.now();
      const seen = await remote.inspect(this.key);
      if (!seen.ok) {
        if (seen.error === undefined || clock.now() >= giveUp) return { taken: false, state: 'unknown' };
        continue; // one failed look; when there are more of them, the breaker ends this
      }
      const { state, lease } = seen.value;
      const answer = await use(state, asked);
      if (answer !== undefined) return { answer, taken: false, state };
      const givenBack = lease === undefined && state?.revision === before?.revision;
      if (givenBack || clock.now() >= giveUp) return { taken: false, state };
      if (lease === undefined || lease.until <= clock.now() || lease.revision !== leaseRevision(state, owner.validity.stamp())) {
        const taken = await this.take(state, remote.backgroundBudget);
        if (taken !== false) return { taken: taken === true, state };
      }
    }
  }

  /** Extends a lease for as long as its holder computes, so that it can be short: it only has to outlive a dead process. */
  static renewing(owner: MemoFunction, remote: Remote, key: string, holder: string): { stop(): void } {
    const { clock } = owner.memoizer;
    let stopped = false;
    let cancel = () => {};
    const next = () => {
      cancel = clock.schedule(owner.policy.lease * RENEW_AFTER, () => {
        void remote.renew(key, holder, clock.now() + owner.policy.lease).then((outcome) => {
          const lost = outcome.ok && !outcome.value;
          if (!stopped && !lost) next();
        });
      });
    };
    next();
    return { stop: () => { stopped = true; cancel(); } };
  }
}

/**
 * What a lease is taken for. A value that is written, deleted or invalidated changes it, which frees the lease: so a
 * holder that succeeds need not give it back, and a deletion does not leave callers waiting for what was deleted.
 */
function leaseRevision(state: StoredState | undefined, stamp: Stamp): string {
  return `${state?.revision ?? ''}@${Object.values(stamp).join('.')}`;
}
