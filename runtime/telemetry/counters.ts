/** Named counters. Reading them is free of side effects, `drain` gives what was added since the last drain. */
export class Counters<Name extends string> {
  /** Without the parts. For hot paths, which write to it. */
  readonly totals: Record<Name, number>;
  private readonly parts: Counters<Name>[] = [];
  private drained: Record<Name, number>;

  constructor(private readonly names: readonly Name[]) {
    this.totals = this.zeros();
    this.drained = this.zeros();
  }

  /** Counters of their own, which are in these as well. */
  part(): Counters<Name> {
    const part = new Counters(this.names);
    this.parts.push(part);
    return part;
  }

  add(name: Name, amount: number = 1): void {
    this.totals[name] += amount;
  }

  get(name: Name): number {
    return this.parts.reduce((sum, part) => sum + part.get(name), this.totals[name]);
  }

  snapshot(): Record<Name, number> {
    return Object.fromEntries(this.names.map((name) => [name, this.get(name)])) as Record<Name, number>;
  }

  /** What was added since the last call, without the zeros. */
  drain(): Partial<Record<Name, number>> {
    const [now, before] = [this.snapshot(), this.drained];
    const added: Partial<Record<Name, number>> = {};
    for (const name of this.names) if (now[name] !== before[name]) added[name] = now[name] - before[name];
    this.drained = now;
    return added;
  }

  private zeros(): Record<Name, number> {
    return Object.fromEntries(this.names.map((name) => [name, 0])) as Record<Name, number>;
  }
}
