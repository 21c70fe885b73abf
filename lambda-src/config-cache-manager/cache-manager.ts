import type { CachedParameter, CacheTable } from '../../runtime/config/tables/cache-table';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import { NotVisibleYet, type ParameterStore } from '../shared/config/parameter-store';
import type { ParameterMetadata } from '../../runtime/config/tables/parameter-metadata';
import { isDoubtful, isUnseenDeletion, type Claim } from './evidence';
import { fence, nextRow } from '../../runtime/config/tables/next-row';

/** What a reconciliation found wrong, and of this what it has put right. */
export interface Repairs {
  readonly found: number;
  readonly repaired: number;
}

export interface CacheManagerOptions {
  readonly store: ParameterStore;
  readonly table: CacheTable;
  /** Whole days that a deleted parameter's row is kept. */
  readonly tombstoneDays: number;
  /** Unix epoch milliseconds. */
  now(): number;
  /** Waits, for milliseconds. @default - a timer */
  pause?(ms: number): Promise<void>;
}

/** Times that a row is written by somebody else in between before it is left to the next attempt. */
const MAX_LOST_RACES = 10;
/** Waits before a doubtful answer is asked for again, in milliseconds. After the last, it is taken for true. */
const CONFIRMATIONS = [500, 1_500] as const;
/** Names that are brought in line at the same time. */
const MAX_NAMES = 500;

type Aligned = 'right' | 'written' | 'contended' | 'doubtful';

interface Result {
  readonly aligned: Aligned;
  readonly exists: boolean;
}

/**
 * Brings rows of the table of names in line with Parameter Store. A row is read first, then Parameter Store, and the row is written only if
 * it is still the one that was read. So whoever writes last has read Parameter Store after everybody before him had written, and
 * events may come late, repeatedly, in any order and to several handlers at once. A deletion is written also where there is nothing to
 * change (`fence`).
 */
export class CacheManager {
  private readonly pause: (ms: number) => Promise<void>;

  constructor(private readonly options: CacheManagerOptions) {
    this.pause = options.pause ?? ((ms) => new Promise((resolve) => { setTimeout(resolve, ms); }));
  }

  /** @throws NotVisibleYet if the event knows of something that Parameter Store does not show, and there will be another attempt */
  async apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> {
    const results = await this.align(new Map([[event.name, event]]), attempt.last);
    const aligned = results.get(event.name)?.aligned;
    if (aligned === 'doubtful') throw new NotVisibleYet(`${event.name}: Parameter Store does not show yet what event ${event.eventId} tells of`);
    if (aligned === 'contended') throw new Error(`${event.name}: its row was changed by others ${MAX_LOST_RACES} times in a row; try again`);
    return aligned === 'written' ? 'handled' : 'duplicate';
  }

  /** Brings in line what differs from a page of all parameters. The page may be old: Parameter Store is asked again where it differs. */
  async reconcile(parameters: readonly ParameterMetadata[]): Promise<Repairs> {
    const rows = await this.options.table.get(parameters.map(({ name }) => name));
    const differing = parameters.filter((parameter) => this.next(parameter.name, rows.get(parameter.name), parameter) !== undefined);
    return repairsOf(await this.alignAll(differing.map(({ name, lastModified, version }) => [name, { kind: 'put', time: lastModified, version }])));
  }

  /** Brings in line names that the walk through all parameters has not met. @returns `gone`: those that do not exist */
  async sweep(names: readonly string[]): Promise<Repairs & { readonly gone: readonly string[] }> {
    // Without a time no absence is believed at once: a name may be so new that neither the walk nor this answer has it.
    const results = await this.alignAll(names.map((name) => [name, { kind: 'delete', time: -Infinity }]));
    const gone = [...results].filter(([, { aligned, exists }]) => !exists && aligned !== 'contended').map(([name]) => name);
    return { ...repairsOf(results), gone };
  }

  private async alignAll(claims: readonly (readonly [string, Claim])[]): Promise<ReadonlyMap<string, Result>> {
    const results = new Map<string, Result>();
    for (let begin = 0; begin < claims.length; begin += MAX_NAMES) {
      for (const [name, result] of await this.align(new Map(claims.slice(begin, begin + MAX_NAMES)), true)) results.set(name, result);
    }
    return results;
  }

  /** @param patient doubtful answers are asked for again, and at last taken for true */
  private async align(claims: ReadonlyMap<string, Claim>, patient: boolean): Promise<ReadonlyMap<string, Result>> {
    const results = new Map<string, Result>();
    const doubts = new Map<string, number>();
    const lost = new Map<string, number>();
    for (let names = [...claims.keys()]; names.length > 0;) {
      const isFinal = (name: string) => patient && (doubts.get(name) ?? 0) >= CONFIRMATIONS.length;
      for (const [name, result] of await this.alignOnce(names, claims, isFinal)) results.set(name, result);
      names = names.filter((name) => {
        const { aligned } = results.get(name)!;
        if (aligned === 'doubtful') doubts.set(name, (doubts.get(name) ?? 0) + 1);
        if (aligned === 'contended') lost.set(name, (lost.get(name) ?? 0) + 1);
        return aligned === 'doubtful' ? patient : aligned === 'contended' && lost.get(name)! < MAX_LOST_RACES;
      });
      const waits = names.filter((name) => results.get(name)!.aligned === 'doubtful').map((name) => CONFIRMATIONS[doubts.get(name)! - 1]);
      if (waits.length > 0) await this.pause(Math.max(...waits));
    }
    return results;
  }

  private async alignOnce(
    names: readonly string[], claims: ReadonlyMap<string, Claim>, isFinal: (name: string) => boolean,
  ): Promise<(readonly [string, Result])[]> {
    const rows = await this.options.table.get(names); // before Parameter Store is read, not beside it
    const truths = new Map((await this.options.store.describe(names)).map((parameter) => [parameter.name, parameter]));
    // One that fails must not leave the others under way.
    const settled = await Promise.allSettled(names.map(async (name) => {
      const [row, truth, claim] = [rows.get(name), truths.get(name), claims.get(name)!];
      const isAccepted = isFinal(name) || !isDoubtful(row, truth, claim);
      return [name, { aligned: isAccepted ? await this.alignRow(name, row, truth, claim) : 'doubtful', exists: truth !== undefined }] as const;
    }));
    return settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }

  private async alignRow(name: string, row: CachedParameter | undefined, truth: ParameterMetadata | undefined, claim: Claim): Promise<Aligned> {
    const { table, tombstoneDays } = this.options;
    const next = this.next(name, row, truth);
    if (next !== undefined) return await table.put(next, row?.revision) ? 'written' : 'contended';
    if (truth !== undefined || !isUnseenDeletion(row, claim)) return 'right';
    if (!await table.put(fence(name, row, this.options.now(), tombstoneDays), row?.revision)) return 'contended';
    return row === undefined ? 'written' : 'right';
  }

  private next(name: string, row: CachedParameter | undefined, truth: ParameterMetadata | undefined): CachedParameter | undefined {
    return nextRow(name, row, truth, this.options.now(), this.options.tombstoneDays);
  }
}

function repairsOf(results: ReadonlyMap<string, Result>): Repairs {
  const count = (wanted: Aligned) => [...results.values()].filter(({ aligned }) => aligned === wanted).length;
  return { found: count('written') + count('contended'), repaired: count('written') };
}
