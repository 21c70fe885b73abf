/** Work that several callers wait for. `detach` keeps later callers out of it. */
export interface Flight<T> {
  readonly promise: Promise<T>;
  /** Set when the flight's outcome is no longer wanted by anybody who comes later. */
  detached: boolean;
  /** Set during the part of the run that goes before its first wait: a caller that comes then is the run itself. */
  entering: boolean;
  /** Counters that the run began under: who comes after an invalidation does not join it. */
  stamp?: Readonly<Record<string, number>>;
  /** The same for invalidations of which it is not known yet whether they concern the run. */
  epoch?: number;
  /** Set while the flight waits for its turn: in which queue, and how to leave it at once. */
  waiting?: { readonly queue: object; readonly skip: () => void };
}

/** One run at a time for each key: whoever comes while it lasts shares its outcome, value or error. */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Flight<T>>();

  get size(): number {
    return this.flights.size;
  }

  get(key: string): Flight<T> | undefined {
    return this.flights.get(key);
  }

  /** Starts a run. One that is there already keeps its callers, and gets no more. */
  start(key: string, run: (flight: Flight<T>) => Promise<T>): Promise<T> {
    this.detach(key);
    let settle!: (outcome: Promise<T>) => void;
    const flight: Flight<T> = { promise: new Promise((resolve) => { settle = resolve; }), detached: false, entering: true };
    this.flights.set(key, flight);
    const leave = () => { if (this.flights.get(key) === flight) this.flights.delete(key); };
    settle(run(flight).finally(leave));
    flight.entering = false;
    return flight.promise;
  }

  /** Callers that come from now on start a run of their own; those who wait keep waiting. */
  detach(key: string): void {
    const flight = this.flights.get(key);
    if (flight === undefined) return;
    flight.detached = true;
    this.flights.delete(key);
  }

  detachAll(): void {
    for (const key of [...this.flights.keys()]) this.detach(key);
  }
}
