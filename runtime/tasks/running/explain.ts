import { graphOf, type TaskNode } from '../definition/graph.js';
import { partsOf, type KeyOptions, type RequiredDigests } from '../definition/key.js';
import { changesBetween, type MadeOf } from '../definition/part-changes.js';
import type { TaskInstance } from '../definition/shapes.js';
import type { FoundResult } from '../storage/shapes.js';
import { entryOf, knownDigests, prospectsOf, type PlanOptions, type PlanStorage } from './plan.js';
import type { ExplainedPart, LastResult, PartState, PlanEntry, TaskExplanation } from './plan-shapes.js';
import { validityText } from './validity-text.js';

/**
 * Why a task would run, or not: what it would be made of now is compared with what its last result was made of. Runs nothing. The storage has to be
 * refreshed before.
 *
 * @throws as `graphOf`; what the storage fails with; the signal's reason
 */
export async function explanationOf(task: TaskInstance, storage: PlanStorage, options: PlanOptions): Promise<TaskExplanation> {
  const { signal, run } = options;
  const shared = { ...options, hashes: options.hashes ?? new Map() };
  const prospects = await prospectsOf(graphOf([task]), storage, shared);
  const prospect = prospects.get(task.id)!;
  const found = await storage.latest(task.id, signal);
  const parts = prospect.key?.parts ?? await partsNow(prospect.node, knownDigests(prospect.node, prospects), shared);
  const before: PlanEntry[] = [];
  for (const each of prospects.values()) if (each !== prospect && each.action !== 'reuse') before.push(await entryOf(each, storage, signal));
  return {
    plan: await entryOf(prospect, storage, signal),
    parts: parts === undefined ? [] : explained(prospect.node, { parts, params: task.params }, found?.body),
    ...(found && { last: lastResult(found, storage, run) }),
    before,
  };
}

/** @returns `undefined` if an input cannot be read, which the plan says */
async function partsNow({ task }: TaskNode, digests: RequiredDigests, options: KeyOptions): Promise<MadeOf['parts'] | undefined> {
  try {
    return await partsOf(task, digests, options);
  } catch {
    options.signal?.throwIfAborted();
    return undefined;
  }
}

function explained({ requires }: TaskNode, now: MadeOf, then: MadeOf | undefined): ExplainedPart[] {
  const changes = new Map(changesBetween(then ?? { parts: {}, params: {} }, now).map((change) => [change.part, change]));
  const unknown = new Set(Object.keys(requires).map((name) => `requires.${name}`).filter((part) => !Object.hasOwn(now.parts, part)));
  const names = new Set([...Object.keys(now.parts), ...Object.keys(then?.parts ?? {}), ...unknown]);
  return [...names].sort().map((part) => {
    if (unknown.has(part)) return { part, state: 'unknown' };
    const change = changes.get(part);
    return { part, ...change, state: then === undefined ? 'new' : stateOf(change) };
  });
}

function stateOf(change: Partial<ExplainedPart> | undefined): PartState {
  if (change === undefined) return 'same';
  if (!('before' in change)) return 'added';
  return 'after' in change ? 'changed' : 'removed';
}

function lastResult({ record, body, tier, scope }: FoundResult, storage: PlanStorage, run: string): LastResult {
  const { key, created, duration, bytes, validity } = record;
  return {
    key, created, duration, bytes, version: body.version, producer: body.producer, tier, scope,
    validity, validityText: validityText(validity), valid: storage.knows(key, run) !== undefined,
  };
}
