/** Work that several callers wait for. `detach` keeps later callers out of it. */
export interface Flight<T> {
  readonly promise: Promise<T>;
  /** Set when the flight's outcome is no longer wanted by anybody who comes later. */
  detached: boolean;
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

  /** Starts a run; the caller has made sure that none is there, or wants to replace it. */
  start(key: string, run: (flight: Flight<T>) => Promise<T>): Promise<T> {
    const flight = { detached: false } as Flight<T> & { promise: Promise<T> };
    const leave = () => { if (this.flights.get(key) === flight) this.flights.delete(key); };
    this.flights.set(key, flight);
    flight.promise = run(flight).then((value) => { leave(); return value; }, (error: unknown) => { leave(); throw error; });
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
