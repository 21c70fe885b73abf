import { within } from '../../resilience/within.js';
import type { Digest } from '../content/shapes.js';
import type { FileHashes } from '../definition/input-files.js';
import { keyOf, type TaskKey } from '../definition/key.js';
import type { TaskResult } from '../definition/shapes.js';
import type { TaskError } from '../errors.js';
import type { FoundResult, HeldLease, Mark } from '../storage/shapes.js';
import { keepLater } from './keep-later.js';
import { frozen } from './kept-value.js';
import { LostFilesError, WatchedFiles } from './lost-files.js';
import { newResult } from './new-result.js';
import type { RunReason } from './run-shapes.js';
import { isReusable, type RunWorld } from './run-world.js';
import { boundedBy, contextOf, isMany, named } from './task-context.js';
import { cancelled, faultOf, notRemade } from './task-errors.js';
import type { TaskState } from './task-state.js';
import { isStop, tryTask } from './tries.js';

/** One task in one run: its result is looked for, or made and kept. */
export class TaskExecution {
  /** Resolves once its result is kept, or cannot be, and its lease is given back. */
  after: Promise<void> = Promise.resolve();
  private mark: Mark;
  /** What was found and does not hold. */
  private stale?: FoundResult;

  /** @param lost why files of the result that it has cannot be had: it is made anew, whatever there is */
  constructor(
    private readonly state: TaskState, private readonly world: RunWorld, private readonly hashes: FileHashes, private readonly lost?: TaskError,
  ) {
    this.mark = world.mark;
  }

  /** Resolves once it has a result, or has none. Never fails. */
  async run(): Promise<void> {
    const { state, world } = this;
    let leave = () => {};
    try {
      leave = await world.turns.take(state.id, world.signal);
      await this.obtainWhole();
    } catch (error) {
      this.fail(error);
    }
    if (this.lost === undefined) state.ended = world.elapsed();
    void this.after.then(leave);
  }

  /** That files of what it requires cannot be had any more turns out only when it asks for them. */
  private async obtainWhole(): Promise<void> {
    for (;;) {
      try {
        return await this.obtain();
      } catch (error) {
        if (!(error instanceof LostFilesError)) throw error;
        if (error.fault !== undefined) throw error.fault;
        this.state.attempts--;
        for (const [required, lost] of error.lost) await this.remake(required, lost);
      }
    }
  }

  /** Makes a result anew that this one requires: once, whoever asks for it. Its key may be another one then, and that of this one. */
  private async remake(required: TaskState, lost: TaskError): Promise<void> {
    const { state, world, hashes } = this;
    if (required.remade === undefined) {
      world.emit('stale', { ...named(required), error: lost });
      required.attempts = 0;
      const execution = new TaskExecution(required, world, hashes, lost);
      required.remade = execution.run().then(() => execution);
    }
    const { after } = await required.remade;
    this.after = Promise.all([this.after, after]).then(() => undefined);
    world.signal.throwIfAborted();
    if (required.status === 'failed') throw notRemade(state.id, required.id, required.error);
  }

  private async obtain(): Promise<void> {
    const { state, world } = this;
    const { task } = state.node;
    const key = isReusable(task, world) ? await this.key() : undefined;
    state.key = key?.key;
    if (key === undefined) return this.make('uncached');
    const forced = this.lost !== undefined || world.forced(task);
    if (!forced && await this.reuse(key)) return;
    const lease = world.settings.lease ? await this.lease(key) : undefined;
    try {
      if (lease !== undefined && !forced && await this.reuseAfterWait(key)) return;
      await this.make(this.reasonOf(forced), key);
    } finally {
      if (lease !== undefined) this.after = this.after.then(() => world.storage.release(lease));
    }
  }

  private reasonOf(forced: boolean): RunReason {
    if (this.lost !== undefined || this.stale !== undefined) return 'stale';
    return forced ? 'forced' : 'new';
  }

  /** @returns `undefined` if the digest of a result that it requires is not known */
  private async key(): Promise<TaskKey | undefined> {
    const { world, state: { node } } = this;
    const { root, env } = world.settings;
    const digests: Record<string, Digest | readonly Digest[]> = {};
    for (const [name, one] of Object.entries(node.requires)) {
      const known = (isMany(one) ? one : [one]).map((each) => world.stateOf(each).made!.digest);
      if (!known.every((digest) => digest !== undefined)) return undefined;
      digests[name] = isMany(one) ? known : known[0];
    }
    return within(keyOf(node.task, digests, { root, env, hashes: this.hashes, signal: world.signal }), world.signal);
  }

  /** @returns whether there is a result that holds */
  private async reuse({ key }: TaskKey): Promise<boolean> {
    const { state, world } = this;
    const found = await world.storage.find(key, world.settings.runId, world.signal);
    if (found === undefined || isSame(found, this.stale)) return false;
    const result: TaskResult = Object.freeze({ value: frozen(found.body.value), files: found.files });
    if (!await this.holds(result)) {
      this.stale = found;
      return false;
    }
    state.made = { result, digest: found.record.digest, lineage: [key] };
    state.from = { tier: found.tier, scope: found.scope };
    state.saved = found.record.duration;
    state.end('reused');
    world.telemetry.add('hits');
    world.telemetry.add('savedTime', state.saved);
    return true;
  }

  private async holds(result: TaskResult): Promise<boolean> {
    const { state, world } = this;
    const { verify } = state.node.task.definition;
    if (verify === undefined) return true;
    let error: unknown;
    const files = new WatchedFiles();
    try {
      const given = (signal: AbortSignal) => ({ ...contextOf(state, world, { signal, attempt: 1, files }), ...result });
      if (await boundedBy(state, world, (signal) => verify(given(signal) as never))) return true;
    } catch (thrown) {
      world.signal.throwIfAborted();
      error = thrown;
    }
    world.telemetry.add('stale');
    world.emit('stale', { ...named(state), ...(error !== undefined && { error }) });
    return false;
  }

  private lease({ key }: TaskKey): Promise<HeldLease | undefined> {
    const { state, world } = this;
    let waits = false;
    return world.storage.lease(key, world.signal, () => {
      if (!waits) world.emit('wait', named(state));
      waits = true;
    });
  }

  /** Somebody else may have made it meanwhile. */
  private async reuseAfterWait(key: TaskKey): Promise<boolean> {
    const { storage, signal } = this.world;
    const before = this.stale;
    await storage.refresh(signal);
    if (await this.reuse(key)) return true;
    if (this.stale !== before) this.mark = storage.mark(); // the new result takes the place of what was looked at just now
    return false;
  }

  private async make(reason: RunReason, key?: TaskKey): Promise<void> {
    const { state, world } = this;
    state.reason = reason;
    if (reason === 'new') world.telemetry.add('misses');
    const returned = await tryTask(state, world);
    const made = await newResult(returned, state, world);
    state.made = made;
    [state.saved, state.from, state.kept] = [0, undefined, []];
    state.end('ran');
    world.emit('made', { ...named(state), duration: made.duration });
    if (key !== undefined) this.after = keepLater(made, { key, mark: this.mark }, state, world);
  }

  private fail(error: unknown): void {
    const { state, world } = this;
    if (isStop(error, world)) {
      if (this.lost === undefined) state.end('cancelled', cancelled(state.id, 'the run was stopped', world.signal.reason));
      return; // otherwise it has the result that it had
    }
    world.telemetry.add('failures');
    state.end('failed', faultOf(state.id, error));
  }
}

function isSame(a: FoundResult, b: FoundResult | undefined): boolean {
  return b !== undefined && a.record.digest === b.record.digest && a.record.created === b.record.created;
}
