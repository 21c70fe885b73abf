import { wait } from '../../resilience/wait.js';
import { AwsError } from '../../aws/errors.js';
import { failureOf } from './advice.js';
import { differencesOf, putInput } from './content.js';
import { carryOutLabels, labelWork } from './labels-step.js';
import { liveValue, liveVersions, type LiveVersion } from './live.js';
import { isSameVersion, lookAt } from './look.js';
import type { RestoreOutcome } from './outcome.js';
import type { PacedStore } from './paced-store.js';
import { isPassing } from './patience.js';
import { present } from './plan-members.js';
import type { RestoreStep, WantedVersion } from './plan.js';
import type { WantedValues } from './wanted-value.js';

/** Times that a step is begun anew after a write of which nobody knows whether it was carried out. */
const ATTEMPTS = 5;

export interface PutStepOptions {
  readonly store: PacedStore;
  readonly values: WantedValues;
  /** The instant, in Unix epoch milliseconds. */
  readonly time: number;
  readonly oldestLabels: 'keep' | 'remove';
  /** Milliseconds that AWS may refuse to create a name after its deletion. */
  readonly recreateWithin: number;
  /** Milliseconds before something that was refused or lost is looked at again. */
  readonly lookAgainAfter: number;
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

type Settled = Omit<RestoreOutcome, 'name' | 'action'>;
type PutOrLabel = RestoreStep & { readonly wanted: WantedVersion };

/**
 * Carries out a step that writes a version, or moves labels. Looks first what there is: what is as wanted is left as it is, and what is other
 * than the plan saw as well. So a step can be carried out again, wherever it was ended.
 */
export class PutStep {
  private readonly notes = new Set<string>();
  private hasWritten = false;
  /** Milliseconds that AWS has refused to create it. */
  private refusedFor = 0;

  constructor(private readonly options: PutStepOptions, private readonly step: PutOrLabel) {}

  async run(): Promise<Settled> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const settled = await this.once();
        if (settled !== 'again') return this.withNotes(settled);
        attempt -= 1; // that one has a limit of its own
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (attempt >= ATTEMPTS || !isPassing(error)) return this.withNotes({ status: 'failed', ...failureOf(error, 'restoring it') });
      }
      await wait(this.options.lookAgainAfter, this.options.signal);
    }
  }

  private async once(): Promise<Settled | 'again'> {
    const { step: { name, wanted, current, action }, options: { store } } = this;
    const versions = await liveVersions(store.read, name);
    const latest = versions.at(-1);
    if (latest && isVersion(latest, wanted)) return this.label(versions, latest.version);
    const isSeen = latest === undefined ? current === null : current !== null && isVersion(latest, current);
    if (action === 'label') return conflict(latest);
    if (!isSeen && latest === undefined) return conflict(latest);
    let value: string;
    try {
      value = await this.options.values.valueOf(name, wanted, versions);
    } catch (error) {
      if (isPassing(error)) throw error;
      return { status: 'failed', ...failureOf(error, 'reading the value') };
    }
    if (latest && await this.isAsWanted(latest, value, isSeen)) return this.label(versions, latest.version);
    return isSeen ? this.put(value, versions) : conflict(latest);
  }

  private async isAsWanted(latest: LiveVersion, value: string, isSeen: boolean): Promise<boolean> {
    const { step: { name, wanted }, options: { store, now } } = this;
    if (differencesOf(latest, wanted, now()).length > 0) return false;
    try {
      return await liveValue(store.read, name, latest) === value;
    } catch (error) {
      if (isPassing(error) || !isSeen) throw error;
      return false; // what there is now may be encrypted with a key that is gone
    }
  }

  private async put(value: string, versions: readonly LiveVersion[]): Promise<Settled | 'again'> {
    const { step: { name, wanted }, options: { store, now, signal } } = this;
    signal?.throwIfAborted();
    const latest = versions.at(-1);
    const before = this.hasWritten;
    let written: number;
    try {
      this.hasWritten = true;
      const isStill = () => this.isStill(latest);
      const answer = await store.writeIf<{ readonly Version: number }>('PutParameter', putInput(name, value, wanted, latest, now()), isStill);
      if (answer === undefined) {
        this.hasWritten = before;
        return 'again';
      }
      written = answer.Version;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.name === 'ParameterAlreadyExists') return this.refusedToCreate(error);
      if (error.name === 'ParameterMaxVersionLimitExceeded') return this.tooManyVersions(versions, error);
      throw error;
    }
    if (written !== (latest?.version ?? 0) + 1) {
      this.notes.add(`somebody else has written it at the same time: version ${written - 1} is theirs, version ${written} is restored`);
    }
    // Later than any instant: what is created anew has versions of the same numbers again, which are not those of then.
    const after: LiveVersion = { ...wanted, version: written, lastModified: Infinity, stored: '', labels: [] };
    return this.label([...versions, after], written);
  }

  /** Whether nobody has written it since. What is created anew needs no look: AWS refuses to create what is there. */
  private async isStill(latest: LiveVersion | undefined): Promise<boolean> {
    const { step: { name }, options: { store } } = this;
    return latest === undefined || isSameVersion((await lookAt(store, [name])).get(name), latest);
  }

  private async label(versions: readonly LiveVersion[], version: number): Promise<Settled> {
    const { step, options: { store, time } } = this;
    const work = labelWork(step, versions, time);
    this.hasWritten ||= work.moves.length > 0 || work.removals.length > 0;
    try {
      for (const note of await carryOutLabels(store.write, step.name, work)) this.notes.add(note);
    } catch (error) {
      if (isPassing(error)) throw error;
      return { status: 'failed', version, ...failureOf(error, 'the value is as wanted, but moving its labels failed') };
    }
    return { status: this.hasWritten ? 'done' : 'already', version };
  }

  /** Somebody else may have created it, or AWS may not have forgotten the one that was deleted: the next look tells. */
  private refusedToCreate(error: AwsError): Settled | 'again' {
    const { lookAgainAfter, recreateWithin } = this.options;
    this.hasWritten = false;
    this.refusedFor += Math.max(1, lookAgainAfter);
    if (this.refusedFor <= recreateWithin) return 'again';
    return {
      status: 'failed', code: error.code,
      message: 'AWS refuses to create it: a name may be taken for half a minute after its deletion. Run the restore again later',
    };
  }

  private async tooManyVersions([oldest]: readonly LiveVersion[], error: AwsError): Promise<Settled | 'again'> {
    const { step: { name }, options: { store, oldestLabels } } = this;
    this.hasWritten = false;
    const { version, labels = [] } = oldest ?? {};
    if (oldestLabels === 'remove' && version !== undefined && labels.length > 0) {
      await store.write('UnlabelParameterVersion', { Name: name, ParameterVersion: version, Labels: labels });
      this.notes.add(`label ${labels.join(', ')} was taken off version ${version}, the oldest of a hundred, which was dropped`);
      return 'again';
    }
    return {
      status: 'failed', code: error.code,
      message: `it has a hundred versions, and the oldest (${version}) has a label: ${labels.join(', ')}. Move the label to another version, `
        + 'or let oldest labels be removed',
    };
  }

  private withNotes(settled: Settled): Settled {
    return present({ ...settled, notes: this.notes.size > 0 ? [...this.notes] : undefined });
  }
}

const isVersion = (live: LiveVersion, { version, lastModified }: { readonly version: number; readonly lastModified: number }): boolean =>
  live.version === version && live.lastModified === lastModified;

function conflict(latest: LiveVersion | undefined): Settled {
  const now = latest === undefined ? 'it has been deleted' : `it has version ${latest.version} of ${new Date(latest.lastModified).toISOString()}`;
  return {
    status: 'conflict', code: 'E_CONFIG_RESTORE_CONFLICT', message: `${now}, which the plan did not see: it is left alone. Make the plan anew`,
  };
}
