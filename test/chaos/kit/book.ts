const SHOWN = 5; // examples of one broken invariant

export interface InvariantReport {
  readonly invariant: string;
  readonly checked: number;
  readonly broken: number;
  readonly examples: readonly string[];
}

/** Keeps what was done, what was answered, and which invariants held. */
export class Book {
  readonly operations: Record<string, number> = {};
  readonly answers: Record<string, number> = {};
  private readonly invariants = new Map<string, { checked: number; broken: number; examples: string[] }>();

  did(operation: string, answer: string): void {
    this.operations[operation] = (this.operations[operation] ?? 0) + 1;
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }

  /** @param detail what was seen, if it does not hold */
  check(invariant: string, holds: boolean, detail: () => string): void {
    const known = this.invariants.get(invariant) ?? { checked: 0, broken: 0, examples: [] };
    this.invariants.set(invariant, known);
    known.checked += 1;
    if (holds) return;
    known.broken += 1;
    if (known.examples.length < SHOWN) known.examples.push(detail());
  }

  reports(): InvariantReport[] {
    return [...this.invariants].map(([invariant, report]) => ({ invariant, ...report }));
  }

  get broken(): InvariantReport[] {
    return this.reports().filter(({ broken }) => broken > 0);
  }
}
