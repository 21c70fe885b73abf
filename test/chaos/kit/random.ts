import { randomNumbers } from '../../runtime/home/fuzz';

/** Choices that are the same for the same seed. */
export class Random {
  /** A number below `end`. */
  readonly below: (end: number) => number;

  constructor(readonly seed: number) {
    this.below = randomNumbers(seed);
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  shuffled<T>(all: readonly T[]): T[] {
    const rest = [...all];
    return all.map(() => rest.splice(this.below(rest.length), 1)[0]!);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
}
