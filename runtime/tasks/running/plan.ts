import type { Digest } from '../content/shapes.js';
import type { TaskGraph, TaskNode } from '../definition/graph.js';
import { keyOf, type KeyOptions, type RequiredDigests, type TaskKey } from '../definition/key.js';
import { changesBetween } from '../definition/part-changes.js';
import type { TaskInstance } from '../definition/shapes.js';
import { reasonOf } from '../errors.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import type { FoundResult, ResultStorage } from '../storage/shapes.js';
import type { PlanAction, PlanEntry, PlanReason, TaskPlan } from './plan-shapes.js';
import { validityText } from './validity-text.js';

/** What a plan reads: manifests, and of tasks that would run what their last results were made of. */
export type PlanStorage = Pick<ResultStorage, 'knows' | 'latest' | 'switches'>;

export interface PlanOptions extends KeyOptions {
  /** Id of the run that it is a plan of. */
  readonly run: string;
  /** Whether a task is to run although a result of it is there. */
  readonly force: (task: TaskInstance) => boolean;
}

/** What would become of one task, while others are looked at. */
export interface Prospect {
  readonly node: TaskNode;
  readonly action: PlanAction;
  readonly reason: PlanReason;
  readonly detail: string;
  readonly key?: TaskKey;
  /** Of the result that would be reused. */
  readonly digest?: Digest;
  readonly saves?: number;
}

const READS_AT_ONCE = 16;

/**
 * What a run would do: runs nothing, keeps nothing, verifies nothing. The storage has to be refreshed before.
 *
 * @throws what the storage fails with; the signal's reason
 */
export async function planOf(graph: TaskGraph, storage: PlanStorage, options: PlanOptions): Promise<TaskPlan> {
  const prospects = await prospectsOf(graph, storage, options);
  const places = new Bulkhead(READS_AT_ONCE);
  const entries = await Promise.all([...prospects.values()].map((prospect) => places.run(() => entryOf(prospect, storage, options.signal))));
  const counts = { reuse: 0, run: 0, unknown: 0, fail: 0 };
  for (const { action } of entries) counts[action]++;
  return { entries, counts, saves: entries.reduce((sum, { saves = 0 }) => sum + saves, 0) };
}

/** By the manifests alone, by id, in the order of the graph. */
export async function prospectsOf(graph: TaskGraph, storage: PlanStorage, options: PlanOptions): Promise<ReadonlyMap<string, Prospect>> {
  const prospects = new Map<string, Prospect>();
  const shared = { ...options, hashes: options.hashes ?? new Map() };
  for (const node of graph.nodes.values()) {
    options.signal?.throwIfAborted();
    prospects.set(node.task.id, { node, ...await outlook(node, prospects, storage, shared) });
  }
  return prospects;
}

type Outlook = Omit<Prospect, 'node'>;

async function outlook(node: TaskNode, known: ReadonlyMap<string, Prospect>, storage: PlanStorage, options: PlanOptions): Promise<Outlook> {
  const failing = node.required.find(({ task }) => known.get(task.id)!.action === 'fail');
  if (failing !== undefined) return { action: 'fail', reason: 'required task fails', detail: `required task fails: ${failing.task.id}` };
  const unconditional = alwaysRuns(node, storage, options);
  if (unconditional !== undefined) return { action: 'run', reason: unconditional, detail: unconditional };
  const running = node.required.find(({ task }) => known.get(task.id)!.digest === undefined);
  if (running !== undefined) return { action: 'unknown', reason: 'required task runs', detail: `required task runs: ${running.task.id}` };
  let key: TaskKey;
  try {
    key = await keyOf(node.task, knownDigests(node, known), options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { action: 'fail', reason: 'no key', detail: `no key: ${reasonOf(error)}` };
  }
  const record = storage.knows(key.key, options.run);
  if (record === undefined) return { action: 'run', reason: 'no result', detail: 'no result', key };
  return { action: 'reuse', reason: 'valid', detail: `valid ${validityText(record.validity)}`, key, digest: record.digest, saves: record.duration };
}

function alwaysRuns({ task }: TaskNode, { switches }: PlanStorage, { force }: PlanOptions): PlanReason | undefined {
  const { kind, policy } = task.definition;
  if (kind === 'trigger') return 'trigger';
  if (policy === 'never') return 'policy never';
  if (switches?.allows(task.family) === false) return 'switched off';
  return force(task) ? 'forced' : undefined;
}

/** Digests of the results that required tasks would have; without those that are not known. */
export function knownDigests({ requires }: TaskNode, prospects: ReadonlyMap<string, Prospect>): RequiredDigests {
  const digestOf = (node: TaskNode) => prospects.get(node.task.id)!.digest;
  const digests: Record<string, Digest | readonly Digest[]> = {};
  for (const [name, one] of Object.entries(requires)) {
    const digest = isMany(one) ? one.map(digestOf) : digestOf(one);
    if (typeof digest === 'string') digests[name] = digest;
    else if (digest?.every((each) => each !== undefined)) digests[name] = digest;
  }
  return digests;
}

function isMany(one: TaskNode | readonly TaskNode[]): one is readonly TaskNode[] {
  return Array.isArray(one);
}

/** Says of a task that has no result of its key why it has none. */
export async function entryOf(prospect: Prospect, storage: PlanStorage, signal?: AbortSignal): Promise<PlanEntry> {
  const { node: { task, required }, action, reason, detail, key, saves } = prospect;
  const entry: PlanEntry = {
    id: task.id, family: task.family, kind: task.definition.kind, params: task.params, action, reason, detail, changes: [],
    verifies: task.definition.verify !== undefined, requires: required.map((node) => node.task.id),
    ...(key && { key: key.key }), ...(saves !== undefined && { saves }),
  };
  if (reason !== 'no result') return entry;
  const last = await storage.latest(task.id, signal);
  return last === undefined ? entry : { ...entry, ...comparedWith(last, task.params, key!) };
}

function comparedWith({ record, body }: FoundResult, params: PlanEntry['params'], { key, parts }: TaskKey): Partial<PlanEntry> {
  if (record.key === key) {
    return { reason: 'expired', detail: `expired: it was valid ${validityText(record.validity)}, or was invalidated or cleared` };
  }
  const changes = changesBetween(body, { parts, params });
  const what = changes.map(({ part }) => part).join(', ') || 'keys are made in another way now';
  return { reason: 'key changed', detail: `key changed: ${what}`, changes };
}
