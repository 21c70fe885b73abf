import { performance } from 'node:perf_hooks';
import { within } from '../../resilience/within.js';
import type { Identity, Manifest } from '../index/result-index.js';
import type { LiveTelemetry } from '../telemetry.js';
import type { Acquired } from './acquired.js';
import type { Ask } from './ask.js';
import type { QueryIndex } from './guarded-index.js';
import { RemoteFlight } from './remote-flight.js';
import type { StoredResults } from './stored-results.js';

export interface RemoteFlightsParts {
  readonly index: QueryIndex;
  readonly telemetry: LiveTelemetry;
  readonly results: StoredResults;
}

/** Executions elsewhere that callers here follow: each is followed once, however many they are. */
export class RemoteFlights {
  private readonly flights = new Map<string, RemoteFlight>();

  constructor(private readonly parts: RemoteFlightsParts) {}

  /** @returns undefined if the attempt is gone. @throws SharedQueryError */
  async follow(identity: Identity, ask: Ask, attempt: string, manifest?: Manifest): Promise<Acquired | undefined> {
    const { telemetry } = this.parts;
    const flight = this.flights.get(attempt) ?? this.begin(identity, ask, attempt, manifest);
    const leave = flight.interest.enter();
    try {
      const log = await within(flight.ready, ask.signal);
      if (log === undefined) {
        leave();
        telemetry.add('takeovers');
        return undefined;
      }
      telemetry.add('lockWait', Math.round(performance.now() - ask.askedAt));
      return { log, status: 'joined', age: 0, id: identity.id, attempt, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends them: their callers get the reason. */
  close(reason: unknown): void {
    for (const flight of this.flights.values()) flight.abort(reason);
  }

  private begin(identity: Identity, ask: Ask, attempt: string, manifest?: Manifest): RemoteFlight {
    const { index, telemetry, results } = this.parts;
    const flight = new RemoteFlight(identity, attempt, {
      index, telemetry, lease: ask.keeping.lease,
      open: (found) => results.open(identity.id, found),
      openEntry: (entry) => results.openEntry(identity.id, entry),
      onEnd: () => { if (this.flights.get(attempt) === flight) this.flights.delete(attempt); },
    }, manifest);
    this.flights.set(attempt, flight);
    return flight;
  }
}
