import { within } from '../../resilience/within.js';
import type { Digest } from '../content/shapes.js';
import type { FileHashes } from '../definition/input-files.js';
import { keyOf, type TaskKey } from '../definition/key.js';
import type { TaskResult } from '../definition/shapes.js';
import type { FoundResult, HeldLease, Mark } from '../storage/shapes.js';
import { keepLater } from './keep-later.js';
import { frozen } from './kept-value.js';
import { newResult } from './new-result.js';
import type { RunReason } from './options.js';
import { isReusable, type RunWorld } from './run-world.js';
import { boundedBy, contextOf, isMany, named } from './task-context.js';
import { cancelled, faultOf } from './task-errors.js';
import type { TaskState } from './task-state.js';
import { isStop, tryTask } from './tries.js';

/** One task in one run: its result is looked for, or made and kept. */
export class TaskExecution {
  /** Resolves once its result is kept, or cannot be, and its lease is given back. */
  after: Promise<void> = Promise.resolve();
  private mark: Mark;
  /** What was found and does not hold. */
  private stale?: FoundResult;

  constructor(private readonly state: TaskState, private readonly world: RunWorld, private readonly hashes: FileHashes) {
    this.mark = world.mark;
  }

  /** Resolves once it has a result, or has none. Never fails. */
  async run(): Promise<void> {
    const { state, world } = this;
    let leave = () => {};
    try {
      leave = await world.turns.take(state.id, world.signal);
      await this.obtain();
    } catch (error) {
      this.fail(error);
    }
    state.ended = world.elapsed();
    void this.after.then(leave);
  }

  private async obtain(): Promise<void> {
    const { state, world } = this;
    const { task } = state.node;
    const key = isReusable(task, world) ? await this.key() : undefined;
    state.key = key?.key;
    if (key === undefined) return this.make('uncached');
    const forced = world.forced(task);
    if (!forced && await this.reuse(key)) return;
    const lease = world.settings.lease ? await this.lease(key) : undefined;
    try {
      if (lease !== undefined && !forced && await this.reuseAfterWait(key)) return;
      await this.make(forced ? 'forced' : this.stale === undefined ? 'new' : 'stale', key);
    } finally {
      if (lease !== undefined) this.after = this.after.then(() => world.storage.release(lease));
    }
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
    try {
      if (await boundedBy(state, world, (signal) => verify({ ...contextOf(state, world, signal, 1), ...result } as never))) return true;
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
    state.end('ran');
    world.emit('made', { ...named(state), duration: made.duration });
    if (key !== undefined) this.after = keepLater(made, { key, mark: this.mark }, state, world);
  }

  private fail(error: unknown): void {
    const { state, world } = this;
    if (isStop(error, world)) return state.end('cancelled', cancelled(state.id, 'the run was stopped', world.signal.reason));
    world.telemetry.add('failures');
    state.end('failed', faultOf(state.id, error));
  }
}

function isSame(a: FoundResult, b: FoundResult | undefined): boolean {
  return b !== undefined && a.record.digest === b.record.digest && a.record.created === b.record.created;
}
