import { namespaceOf } from '../shared/config/namespaces';
import type { ParameterPage, ParameterRecord, ParameterStore } from '../shared/config/parameter-store';
import type { ParameterMetadata } from '../../runtime/config/tables/parameter-metadata';

/**
 * Parameter Store as if it had nothing but the namespaces. A row of the cache that is in none of them, because an app follows fewer than
 * before, so looks like one of a parameter that is gone, and becomes a tombstone.
 */
export class NamespacedStore implements ParameterStore {
  constructor(private readonly store: ParameterStore, private readonly namespaces: readonly string[]) {}

  async describe(names: readonly string[]): Promise<readonly ParameterMetadata[]> {
    const within = names.filter((name) => namespaceOf(name, this.namespaces) !== undefined);
    return within.length === 0 ? [] : this.store.describe(within);
  }

  page(namespaces: readonly string[], nextToken?: string): Promise<ParameterPage> {
    return this.store.page(namespaces, nextToken);
  }

  history(name: string): Promise<readonly ParameterRecord[]> {
    return this.store.history(name);
  }
}
