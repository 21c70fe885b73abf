import { MAX_ASIDE } from './place';
import type { Repairs } from '../config-cache-manager/cache-manager';

/** What was found wrong is wrong still. */
export class NotRepaired extends Error {
  override readonly name = 'NotRepaired';
}

/**
 * Keeps one name's failure from the others. What fails for many is done for each by itself; who fails alone as well is put aside, and the
 * end of the run tries again. If that are too many it is not the names' fault, and the error goes to the caller.
 */
export class SetAside {
  private readonly names: Set<string>;

  constructor(names: readonly string[], private readonly failed: (name: string, error: unknown) => void) {
    this.names = new Set(names);
  }

  get all(): readonly string[] {
    return [...this.names];
  }

  takeAll(): readonly string[] {
    const { all } = this;
    this.names.clear();
    return all;
  }

  /** @returns what `work` gave, for all at once or for each that did not fail */
  async each<T, R extends Repairs>(
    items: readonly T[], nameOf: (item: T) => string, work: (items: readonly T[]) => Promise<R>,
  ): Promise<readonly R[]> {
    if (items.length === 0) return [];
    try {
      const repairs = await work(items);
      if (repairs.repaired >= repairs.found) return [repairs];
      throw new NotRepaired(`${repairs.found - repairs.repaired} are not repaired`);
    } catch (error) {
      if (items.length === 1) return this.put(nameOf(items[0]), error);
    }
    const results: R[] = [];
    for (const item of items) results.push(...await this.each([item], nameOf, work));
    return results;
  }

  private put(name: string, error: unknown): [] {
    this.failed(name, error);
    this.names.add(name);
    if (this.names.size > MAX_ASIDE) throw error;
    return [];
  }
}
