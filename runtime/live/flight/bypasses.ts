import type { Bulkhead } from '../../resilience/bulkhead.js';
import { within } from '../../resilience/within.js';
import { LiveError } from '../errors.js';
import { identify } from '../identity.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { BypassReason } from '../options.js';
import type { LiveTelemetry } from '../telemetry.js';
import type { Acquired } from './acquired.js';
import type { Ask } from './ask.js';
import { newAttempt } from './attempt.js';
import { Bypass } from './bypass.js';

export interface BypassesParts {
  readonly telemetry: LiveTelemetry;
  /** Keys that end with the process: so callers share an execution also while the cache's cannot be had. */
  readonly localKeys: KeyRing;
  /** Executions at a time while the cache is away. */
  readonly turns: Bulkhead;
}

/** Executions past the cache. While it is away, callers here share them, and they take turns; who wants no cache has his own at once. */
export class Bypasses {
  private readonly shared = new Map<string, Bypass>();
  private readonly running = new Set<Bypass>();

  constructor(private readonly parts: BypassesParts) {}

  /** @throws LiveError `E_LIVE_NOT_CACHED`, `E_LIVE_BUSY`, or the query's own error */
  async acquire(ask: Ask, reason: BypassReason): Promise<Acquired> {
    if (ask.cache === 'only-if-cached') {
      throw new LiveError('E_LIVE_NOT_CACHED', `the cache cannot be asked (${reason}), and cache is 'only-if-cached'`);
    }
    ask.signal?.throwIfAborted();
    const alone = reason === 'no-scope' || reason === 'no-store';
    const id = alone ? undefined : (await identify(this.parts.localKeys, ask.identified)).id;
    const flight = id === undefined ? this.start(ask) : this.share(ask, id);
    const leave = flight.interest.enter(); // at once: the last of the others may be leaving
    try {
      await within(flight.started, ask.signal);
    } catch (error) {
      leave();
      throw error;
    }
    return { log: flight.log, status: 'bypass', reason, age: 0, leave };
  }

  /** Whoever comes from now on shares nothing that runs. */
  detachAll(): void {
    this.shared.clear();
  }

  close(reason: unknown): void {
    for (const flight of this.running) flight.abort(reason);
  }

  private share(ask: Ask, id: string): Bypass {
    const known = this.shared.get(id);
    if (known?.log.state === 'open' && known.log.whole) return known;
    const flight = this.start(ask, this.parts.turns, () => { if (this.shared.get(id) === flight) this.shared.delete(id); });
    this.shared.set(id, flight);
    return flight;
  }

  private start({ execute, executionTimeout }: Ask, turn?: Bulkhead, onEnd?: () => void): Bypass {
    const { telemetry } = this.parts;
    const flight: Bypass = new Bypass({
      executionTimeout, attempt: newAttempt(), turn,
      execute: (context) => {
        telemetry.executing(context.attempt);
        return execute(context);
      },
      onEnd: () => {
        this.running.delete(flight);
        onEnd?.();
      },
    });
    this.running.add(flight);
    return flight;
  }
}
