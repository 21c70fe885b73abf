/** Named counters. Reading them is free of side effects, `drain` gives what was added since the last drain. */
export class Counters<Name extends string> {
  /** For hot paths, which write to it. */
  readonly totals: Record<Name, number>;
  private drained: Record<Name, number>;

  constructor(private readonly names: readonly Name[]) {
    this.totals = this.zeros();
    this.drained = this.zeros();
  }

  add(name: Name, amount: number = 1): void {
    this.totals[name] += amount;
  }

  get(name: Name): number {
    return this.totals[name];
  }

  snapshot(): Record<Name, number> {
    return { ...this.totals };
  }

  /** What was added since the last call, without the zeros. */
  drain(): Partial<Record<Name, number>> {
    const added: Partial<Record<Name, number>> = {};
    for (const name of this.names) if (this.totals[name] !== this.drained[name]) added[name] = this.totals[name] - this.drained[name];
    this.drained = { ...this.totals };
    return added;
  }

  private zeros(): Record<Name, number> {
    return Object.fromEntries(this.names.map((name) => [name, 0])) as Record<Name, number>;
  }
}
