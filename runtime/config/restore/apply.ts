import { CacheTiersError } from '../../errors.js';
import type { ConfigConnection } from '../connection.js';
import type { ConfigFootprint } from '../footprint.js';
import { isBelow, pathOf } from '../paths.js';
import { checkOptions, CONCURRENCY, type ApplyOptions } from './apply-options.js';
import { asDone } from './concurrently.js';
import { Decryption, type ValueDecryptor } from './decryption.js';
import { DELETE_BATCH, deleteSteps } from './delete-steps.js';
import type { RestoreOutcome } from './outcome.js';
import { PacedStore } from './paced-store.js';
import type { RestorePlan, RestorePlanHeader, RestoreStep, WantedVersion } from './plan.js';
import { PutStep, type PutStepOptions } from './put-step.js';
import { verifyStep, type VerifyOutcome } from './verify-step.js';
import { WantedValues } from './wanted-value.js';

/** How long AWS says to wait after a deletion, and some more, in milliseconds. */
const RECREATE_WITHIN = 60_000;
const LOOK_AGAIN_AFTER = 1_000;

export interface RunOptions extends ApplyOptions {
  readonly decrypt?: ValueDecryptor;
}

/** Carries plans out, or looks whether they have been. */
export class PlanRun {
  private readonly store: PacedStore;
  private readonly step: PutStepOptions;

  constructor(
    connection: ConfigConnection, private readonly footprint: ConfigFootprint, private readonly plan: RestorePlan,
    private readonly options: RunOptions,
  ) {
    checkPlace(plan.header, footprint);
    checkOptions(options);
    const { pace, signal, decrypt } = options;
    this.store = new PacedStore({ reading: connection.ssm, writing: connection.ssmOnce, ...(pace && { pace }), ...(signal && { signal }) });
    const decryption = new Decryption({ kms: connection.kms, footprint, ...(decrypt && { decrypt }) });
    const values = new WantedValues({
      read: this.store.read, dynamoDb: connection.dynamoDb, auditTable: footprint.auditTable ?? '', decryption, ...(signal && { signal }),
    });
    this.step = {
      store: this.store, values, time: plan.header.query.time, oldestLabels: options.oldestLabels ?? 'keep', now: connection.now,
      recreateWithin: options.recreateWithin ?? RECREATE_WITHIN, lookAgainAfter: options.lookAgainAfter ?? LOOK_AGAIN_AFTER,
      ...(signal && { signal }),
    };
  }

  async* apply(): AsyncGenerator<RestoreOutcome, void, undefined> {
    yield* this.counted(batches(this.plan.steps), async (batch) => {
      const ours = batch.filter((step) => this.whyNot(step) === undefined);
      const foreign = batch.filter((step) => !ours.includes(step)).map((step) => this.refused(step));
      const outcomes = batch[0]?.action === 'delete'
        ? await deleteSteps(this.store, ours, this.options.signal)
        : await Promise.all(ours.map((step) => this.carryOut(step)));
      return [...outcomes, ...foreign];
    });
  }

  async* verify(): AsyncGenerator<VerifyOutcome, void, undefined> {
    yield* this.counted(batches(this.plan.steps), (batch) => Promise.all(batch.map((step) => verifyStep(this.step, step))));
  }

  /** Plans are files, and somebody may have edited one: nothing is done that its own header, which is shown first, does not say. */
  private whyNot({ name, action }: RestoreStep): string | undefined {
    const { prefix, names, removeLater } = this.plan.header.query;
    const { namespaces } = this.footprint;
    if (!namespaces.some((path) => isBelow(name, path))) return `it is in none of the footprint's namespaces (${namespaces.join(', ')})`;
    if (prefix !== undefined && !isBelow(name, pathOf(prefix) ?? prefix)) return `it is not below the plan's prefix ${JSON.stringify(prefix)}`;
    if (names !== undefined && !names.includes(name)) return 'it is not among the names that the plan is for';
    return action === 'delete' && removeLater !== true ? 'the plan is one that deletes nothing' : undefined;
  }

  private refused(step: RestoreStep): RestoreOutcome {
    const { name, action } = step;
    return { name, action, status: 'failed', code: 'E_CONFIG_RESTORE_PLACE', message: `${this.whyNot(step)}: it is left alone` };
  }

  private async carryOut(step: RestoreStep): Promise<RestoreOutcome> {
    const { name, action, reason, detail } = step;
    if (action === 'skip' || step.wanted === null) {
      return { name, action, status: 'skipped', code: reason, ...(detail !== undefined && { message: detail }) };
    }
    return { name, action, ...await new PutStep(this.step, step as RestoreStep & { wanted: WantedVersion }).run() };
  }

  private async* counted<O extends { readonly status: string }>(
    items: AsyncIterable<readonly RestoreStep[]>, work: (batch: readonly RestoreStep[]) => Promise<readonly O[]>,
  ): AsyncGenerator<O, void, undefined> {
    const { signal, onProgress, concurrency = CONCURRENCY } = this.options;
    const total = Array.isArray(this.plan.steps) ? { total: this.plan.steps.length } : {};
    const counts: Record<string, number> = {};
    let steps = 0;
    for await (const outcomes of asDone(untilAborted(items, signal), concurrency, work)) {
      for (const outcome of outcomes) {
        steps += 1;
        counts[outcome.status] = (counts[outcome.status] ?? 0) + 1;
        onProgress?.({ steps, ...total, counts: { ...counts }, writesPerSecond: this.store.writesPerSecond });
        yield outcome;
      }
    }
    signal?.throwIfAborted();
  }
}

/** Deletions ten at a time, everything else alone. */
async function* batches(steps: RestorePlan['steps']): AsyncGenerator<readonly RestoreStep[], void, undefined> {
  let deletions: RestoreStep[] = [];
  for await (const step of steps) {
    if (step.action !== 'delete') {
      yield [step];
      continue;
    }
    deletions.push(step);
    if (deletions.length < DELETE_BATCH) continue;
    yield deletions;
    deletions = [];
  }
  if (deletions.length > 0) yield deletions;
}

async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
  for await (const item of items) {
    if (signal?.aborted) return;
    yield item;
  }
}

function checkPlace({ footprint: name, account, region }: RestorePlanHeader, footprint: ConfigFootprint): void {
  if (name === footprint.name && account === footprint.account && region === footprint.region) return;
  throw new CacheTiersError('E_CONFIG_RESTORE_PLACE', `the plan is for footprint ${JSON.stringify(name)} in account ${account}, Region ${region}, `
    + `but this connection leads to ${JSON.stringify(footprint.name)} in account ${footprint.account}, Region ${footprint.region}: `
    + 'change the profile or the Region, or make a plan here');
}
