/** Few enough to be put in their places one by one. */
const FEW = 16;

/** Names in order, of which some may be gone: who walks through them looks whether they are there. */
export class SortedNames {
  private sorted: string[] = [];
  private added: string[] = [];
  private readonly all = new Set<string>();

  add(name: string): void {
    if (this.all.has(name)) return;
    this.all.add(name);
    this.added.push(name);
  }

  /** Forgets those that are gone, once they are most of them. */
  tidy(remaining: number, isThere: (name: string) => boolean): void {
    if (this.all.size < 2 * remaining + FEW) return;
    const gone = [...this.all].filter((name) => !isThere(name));
    for (const name of gone) this.all.delete(name);
    this.sorted = [...this.all].sort();
    this.added = [];
  }

  /** Those after one of them. */
  * after(name: string | undefined): Generator<string> {
    this.merge();
    for (let i = name === undefined ? 0 : this.position(name); i < this.sorted.length; i += 1) yield this.sorted[i]!;
  }

  private merge(): void {
    if (this.added.length > FEW) this.sorted = this.sorted.concat(this.added).sort();
    else for (const name of this.added) this.sorted.splice(this.position(name), 0, name);
    this.added = [];
  }

  /** Of the first name that is greater. */
  private position(name: string): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle]! <= name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
