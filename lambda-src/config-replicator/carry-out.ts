import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG_REPLICA_DESCRIPTION } from '../../lib/contract/config';
import type { Attempt, ParameterEvent } from '../shared/config/parameter-event';
import { NotVisibleYet } from '../shared/config/parameter-store';
import type { RulesTable } from '../../runtime/config/tables/rules-table';
import { renderTemplate } from '../shared/config/template';
import type { Home } from './destination';
import { type ReadParameter, type ReplicationStore, StoreFailure } from './replication-store';
import type { Rule } from './rule';
import { RuleBook } from './rule-book';

/** What came of a rule. */
export type RuleOutcome
  /** The destination was written, or deleted with its source. */
  = | 'replicated'
    /** It was right. */
    | 'same'
    | 'missing-source'
    /** It may not be carried out. */
    | 'rejected'
    /** It is being written. */
    | 'incomplete'
    /** There is none. */
    | 'none'
    | 'failing';

export interface RuleResult {
  readonly destination: string;
  readonly outcome: RuleOutcome;
  /** Holds names, never a value. */
  readonly reason?: string;
  /** The destination was not what it should be. */
  readonly drift: boolean;
  /** Of `failing`. */
  readonly error?: unknown;
}

/** An event that made the rule be looked at, and how its message is being handled. */
export interface Hint {
  readonly event: ParameterEvent;
  readonly attempt: Attempt;
}

export interface CarryOutOptions {
  readonly table: RulesTable;
  readonly store: ReplicationStore;
  readonly home: Home;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Rounds in a row after each of which things were not as it had left them. */
const MAX_ROUNDS = 6;
const PAUSE = 100;
const MAX_DESCRIPTION_LENGTH = 1_024;

/** Something was written or deleted; or somebody else was faster, so things must be looked at again; or this is how it is. */
type Round = 'written' | 'again' | { readonly outcome: RuleOutcome; readonly reason?: string };

/**
 * Carries out one rule, whatever state things are in.
 *
 * A round reads rule, sources and destination and writes if they differ; after a write comes another round. So who writes what has
 * changed meanwhile sees it himself and writes again: of two at once, the last write is right.
 */
export class RuleRun {
  private drift = false;
  /** What this run has done last: Parameter Store may show it a moment later. */
  private done: { readonly version: number; readonly type: string; readonly value: string } | 'removed' | undefined;

  constructor(private readonly options: CarryOutOptions, private readonly book: RuleBook, private readonly hint?: Hint) {}

  async carryOut(destination: string): Promise<RuleResult> {
    let written = false;
    try {
      for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
        const round = await this.round(destination);
        if (round === 'written') written = true;
        else if (round !== 'again') return { destination, drift: this.drift, ...round, ...(written && { outcome: 'replicated' as const }) };
      }
      const reason = `something has changed ${MAX_ROUNDS} times while it was written`;
      return { destination, outcome: 'failing', reason, drift: this.drift, error: new Unsettled(reason) };
    } catch (error) {
      return { destination, outcome: 'failing', reason: reasonOf(error), drift: this.drift, error };
    }
  }

  private async round(destination: string): Promise<Round> {
    const reading = await this.book.rule(destination);
    if (reading === undefined) return { outcome: 'none' };
    if ('rejected' in reading) return { outcome: 'rejected', reason: reading.rejected };
    if ('incomplete' in reading) return { outcome: 'incomplete', reason: reading.incomplete };
    const { rule } = reading;
    const sources = await this.sources(rule);
    const missing = rule.sources.filter((name) => !sources.has(name));
    if (missing.length > 0) return rule.deletes ? this.deleted(rule) : { outcome: 'missing-source', reason: `${missing.join(', ')} does not exist` };
    return this.replicate(rule, sources);
  }

  private async sources(rule: Rule): Promise<ReadonlyMap<string, ReadParameter>> {
    const found = new Map<string, ReadParameter>();
    await Promise.all(rule.sources.map(async (name) => {
      const parameter = await this.options.store.read({ name });
      this.checkVisible(name, parameter, rule.deletes);
      if (parameter !== undefined) found.set(name, parameter);
    }));
    return found;
  }

  /** Parameter Store may not show yet what an event tells. What is read before the message's last chance is then not acted upon. */
  private checkVisible(name: string, parameter: ReadParameter | undefined, deletes: boolean): void {
    if (this.hint === undefined || this.hint.attempt.last || this.hint.event.name !== name) return;
    const { event } = this.hint;
    const visible = event.kind === 'put' ? parameter !== undefined && !isOlder(parameter, event)
      : !deletes || parameter === undefined || parameter.lastModified >= event.time; // written anew since it was deleted
    if (!visible) throw new NotVisibleYet(`${name} does not show yet what was done at ${new Date(event.time).toISOString()}`);
  }

  private async replicate(rule: Rule, sources: ReadonlyMap<string, ReadParameter>): Promise<Round> {
    const { store } = this.options;
    const wanted = wantedOf(rule, sources);
    const secret = wanted.type === 'SecureString';
    const read = await store.read(rule.place);
    if (read !== undefined && this.done === undefined) this.checkVisible(rule.destination, read, false);
    const current = this.known(read);
    const equal = current !== undefined && current.type === wanted.type && current.value === wanted.value;
    if (equal && (!secret || rule.keyId === undefined)) return { outcome: 'same' };
    const key = secret && current?.type === 'SecureString' ? (await store.describe(rule.place))?.keyId : undefined;
    if (equal && !isOtherKey(rule.keyId, key)) return { outcome: 'same' };
    this.drift = true;
    try {
      const version = await store.write(rule.place, { ...wanted, description: descriptionOf(rule), ...(secret && { keyId: rule.keyId ?? key }) });
      this.done = { version, ...wanted };
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.reason !== 'TooManyUpdates') throw error;
      await (this.options.sleep ?? wait)(PAUSE);
      return 'again';
    }
    return 'written';
  }

  /** The destination: as it is read, or as it was written by us if that is newer. */
  private known(read: ReadParameter | undefined): Pick<ReadParameter, 'type' | 'value'> | undefined {
    return typeof this.done === 'object' && (read?.version ?? 0) < this.done.version ? this.done : read;
  }

  /** The source of a copy is gone. Its copy goes too, if it is one for sure. */
  private async deleted(rule: Rule): Promise<Round> {
    if (this.done === 'removed') return { outcome: 'same' };
    const { store } = this.options;
    const [source] = rule.sources;
    const replica = await store.describe(rule.place);
    if (replica === undefined) return { outcome: 'same' };
    if (replica.description !== descriptionOf(rule)) {
      return { outcome: 'missing-source', reason: `${source} does not exist; the destination stays: its description is not a replica's` };
    }
    if (await store.read({ name: source }) !== undefined) return 'again'; // it is back
    this.drift = true;
    await store.remove(rule.place);
    this.done = 'removed';
    return 'written';
  }
}

/** Event times are whole seconds, and taken a moment after the change. */
const SAME_TIME = 5_000;

function isOlder({ version, lastModified }: ReadParameter, event: ParameterEvent): boolean {
  if (event.version === undefined) return lastModified + SAME_TIME < event.time;
  return version < event.version && lastModified < event.time;
}

export class Unsettled extends Error {
  override readonly name = 'Unsettled';
}

function wantedOf(rule: Rule, sources: ReadonlyMap<string, ReadParameter>): { readonly type: string; readonly value: string } {
  if (rule.parts === undefined) {
    const { type, value } = sources.get(rule.sources[0])!;
    return { type, value };
  }
  const secret = [...sources.values()].some(({ type }) => type === 'SecureString');
  return { type: secret ? 'SecureString' : 'String', value: renderTemplate(rule.parts, (name) => sources.get(name)!.value) };
}

function descriptionOf({ sources }: Rule): string {
  const whole = `${CONFIG_REPLICA_DESCRIPTION}${sources.join(', ')}`;
  return whole.length <= MAX_DESCRIPTION_LENGTH ? whole : `${whole.slice(0, MAX_DESCRIPTION_LENGTH - 3)}...`;
}

/** For sure: an alias and a key's id may be the same key, and what is taken for another one is written again and again. */
function isOtherKey(wanted: string | undefined, current: string | undefined): boolean {
  if (wanted === undefined) return false;
  const [one, other] = [wanted, current ?? 'alias/aws/ssm'].map((id) => ({ alias: id.includes('alias/'), id: id.replace(/^.*(?:key|alias)\//, '') }));
  const isDefault = other.alias && other.id === 'aws/ssm';
  return one.id !== other.id && (one.alias === other.alias || isDefault);
}

function reasonOf(error: unknown): string {
  return error instanceof StoreFailure || error instanceof NotVisibleYet ? error.message : error instanceof Error ? error.name : 'Error';
}
