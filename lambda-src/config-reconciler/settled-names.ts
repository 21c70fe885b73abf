/** Bounds memory to some tens of megabytes. */
const MAX_NAMES = 250_000;

/**
 * Names of which this invocation knows how things are, so that it need not ask again. What does not fit, or what another invocation has
 * found out, is asked for: that a name is missing here means nothing.
 */
export class SettledNames {
  private readonly names = new Set<string>();

  constructor(private readonly limit = MAX_NAMES) {}

  get size(): number {
    return this.names.size;
  }

  add(name: string): void {
    if (this.names.size < this.limit) this.names.add(name);
  }

  /** Those of the names that are not settled, each once. */
  without(names: readonly string[]): readonly string[] {
    return [...new Set(names)].filter((name) => !this.names.has(name));
  }
}
