// The table of names: a row of each parameter, as its last change left it.
import {
  CONFIG_CACHE_ATTRIBUTE as A, CONFIG_CACHE_INDEX, CONFIG_CACHE_META as META, CONFIG_CHANGE_SHARDS, changeShard,
} from '../../../lib/contract/config.ts';
import { itemOf } from '../../../runtime/config/tables/cache-items.ts';
import { changed, changeOf, CHANGES_EACH, COUNT, nameOf, numberOf } from '../../harness/config-world.mjs';
import { metadataOf } from './parameters.mjs';

/** The handler writes a row so long after the change. */
const LAG_MS = 500;

export class CacheTable {
  /** Changes so far, those of the beginning included. */
  total = COUNT * CHANGES_EACH;
  #shards;

  /** @param {(s: number) => number} timeOf of a change */
  constructor(timeOf) {
    this.timeOf = timeOf;
    this.meta = { [A.partition]: { S: META.name }, [META.epoch]: { S: 'epoch-1' }, [META.reconciled]: { N: String(timeOf(this.total)) } };
  }

  change(count) {
    this.total += count;
    this.#shards = undefined;
  }

  partition(value) {
    this.#shards ??= this.#sorted();
    const rows = this.#shards.get(value) ?? [];
    const sortOf = (n) => this.timeOf(rows[n]) + LAG_MS;
    return {
      length: rows.length, sort: CONFIG_CACHE_INDEX.sort, sortOf,
      item: (n) => this.#row(rows[n]),
      positionOf: (key) => rows.indexOf(this.#lastChange(numberOf(key[A.partition].S))),
      keyOf: (item) => ({ [A.partition]: item[A.partition], [A.changeShard]: item[A.changeShard], [A.changed]: item[A.changed] }),
    };
  }

  all() {
    return {
      length: COUNT + 1,
      item: (n) => n === COUNT ? this.meta : this.#row(this.#lastChange(n)),
      positionOf: (key) => numberOf(key[A.partition].S),
      keyOf: (item) => ({ [A.partition]: item[A.partition] }),
    };
  }

  get(key) {
    const name = key[A.partition].S;
    if (name === META.name) return this.meta;
    const i = numberOf(name);
    return i < 0 ? undefined : this.#row(this.#lastChange(i));
  }

  #lastChange(i) {
    const after = changeOf(i, CHANGES_EACH);
    return after < this.total ? after : changeOf(i, CHANGES_EACH - 1);
  }

  #row(s) {
    const { i, k } = changed(s);
    const time = this.timeOf(s);
    return itemOf({ name: nameOf(i), state: 'ACTIVE', revision: k + 1, changed: time + LAG_MS, metadata: metadataOf(i, k, time) });
  }

  #sorted() {
    const shards = new Map(Array.from({ length: CONFIG_CHANGE_SHARDS }, (_, shard) => [String(shard), []]));
    for (let s = COUNT * (CHANGES_EACH - 1); s < this.total; s++) {
      const { i } = changed(s);
      if (this.#lastChange(i) === s) shards.get(changeShard(nameOf(i))).push(s);
    }
    return shards;
  }
}
