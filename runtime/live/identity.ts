import { keyText } from '../data/key-text.js';
import { NotAKey } from '../data/key-writer.js';
import { InvalidArgumentError, show } from '../errors.js';
import type { Identity, Invalidation } from './index/result-index.js';
import type { KeyRing } from './keys/key-ring.js';
import type { KeyPart, LiveQuery } from './options.js';

/*
 * What queries, scopes, tags and datasets are called in the index. Nobody can read them there, nor guess one and look whether it is right: they are
 * HMACs, of texts that no two different values share. Each text begins with its kind, so that a tag is never a scope.
 */

/** Identifier of a scope. @throws InvalidArgumentError `E_LIVE_KEY` if a part of it is not data */
export async function scopeId(keys: KeyRing, scope: KeyPart, signal?: AbortSignal): Promise<string> {
  return keys.mac(`scope:${textOf(['scope'], [scope])}`, signal);
}

/** Identifier of a tag. @throws InvalidArgumentError `E_LIVE_KEY` if it is no name */
export async function tagId(keys: KeyRing, tag: string, signal?: AbortSignal): Promise<string> {
  return keys.mac(`tag:${checkedName('tag', tag)}`, signal);
}

/** Identifier of a dataset. @throws InvalidArgumentError `E_LIVE_KEY` if it is no name */
export async function datasetId(keys: KeyRing, dataset: string, signal?: AbortSignal): Promise<string> {
  return keys.mac(`dataset:${checkedName('dataset', dataset)}`, signal);
}

/** Scripts of the index take some 8000 values at once, and everybody else waits for them. */
const MAX_NAMES = 1000;

/** What identifies a query. Tags and datasets count as sets: neither their order nor a repetition matters. */
export type Identified = Pick<LiveQuery, 'scope' | 'key' | 'tags' | 'datasets'>;

/**
 * A query's identity. Two queries share one if and only if scope, key, tags and datasets are the same.
 *
 * @throws InvalidArgumentError `E_LIVE_KEY` if a part of it is not data, a tag is no name, or there are more than 1000 of them
 */
export async function identify(keys: KeyRing, query: Identified, signal?: AbortSignal): Promise<Identity> {
  const { scope, key } = query;
  const tags = namesOf('tags', query.tags);
  const datasets = namesOf('datasets', query.datasets);
  if (tags.length + datasets.length > MAX_NAMES) {
    throw invalid(`tags and datasets must be ${MAX_NAMES} names together at most, got ${tags.length + datasets.length}: `
      + 'the index compares all of them in every lookup; give one name to what they have in common');
  }
  const text = textOf(['scope', 'key', 'tags', 'datasets'], [scope, key, tags, datasets]);
  const [id, hiddenScope, hiddenTags, hiddenDatasets] = await Promise.all([
    keys.mac(`query:${text}`, signal),
    scopeId(keys, scope, signal),
    Promise.all(tags.map((tag) => tagId(keys, tag, signal))),
    Promise.all(datasets.map((dataset) => datasetId(keys, dataset, signal))),
  ]);
  return { id, scope: hiddenScope, tags: hiddenTags.sort(), datasets: hiddenDatasets.sort() };
}

/** What is to become invalid, by the names of an application. */
export interface InvalidationTargets {
  /** Everything in the namespace. */
  readonly all?: boolean;
  readonly scopes?: readonly KeyPart[];
  readonly tags?: readonly string[];
  /** By dataset, its new version. */
  readonly datasets?: Readonly<Record<string, string>>;
}

const TARGETS: readonly string[] = ['all', 'scopes', 'tags', 'datasets'] satisfies readonly (keyof InvalidationTargets)[];

/**
 * What is to become invalid, as the index has it. What is wrong is refused: nobody would find out that nothing was made invalid.
 *
 * @throws InvalidArgumentError `E_LIVE_KEY`
 */
export async function hiddenTargets(keys: KeyRing, targets: InvalidationTargets, signal?: AbortSignal): Promise<Invalidation> {
  if (typeof targets !== 'object' || targets === null) {
    throw invalid(`what to invalidate must be an object with tags, datasets, scopes or all, got ${show(targets)}`);
  }
  const unknown = Object.keys(targets).find((name) => !TARGETS.includes(name));
  if (unknown !== undefined) throw invalid(`there is no ${show(unknown)} to invalidate by: it may have ${TARGETS.join(', ')}`);
  const { all = false, scopes = [], datasets = {} } = targets;
  const tags = namesOf('tags', targets.tags);
  if (typeof all !== 'boolean') throw invalid(`all must be true or false, got ${show(all)}`);
  if (!Array.isArray(scopes)) throw invalid(`scopes must be a list, got ${show(scopes)}`);
  const nobody = scopes.findIndex(isNobody);
  if (nobody >= 0) throw invalid(`scopes[${nobody}] must say whose results are meant, got ${show(scopes[nobody])}: for it nothing is cached`);
  if (typeof datasets !== 'object' || datasets === null || Array.isArray(datasets)) {
    throw invalid(`datasets must be an object with the new version of each, got ${show(datasets)}`);
  }
  const versions = Object.entries(datasets)
    .map(([name, version]) => [name, checkedName(`the version of the dataset ${show(name)}`, version)] as const);
  const [hiddenScopes, hiddenTags, hiddenDatasets] = await Promise.all([
    Promise.all(scopes.map((scope) => scopeId(keys, scope, signal))),
    Promise.all(tags.map((tag) => tagId(keys, tag, signal))),
    Promise.all(versions.map(async ([name, version]) => [await datasetId(keys, name, signal), version] as const)),
  ]);
  return { all, scopes: hiddenScopes, tags: hiddenTags, datasets: Object.fromEntries(hiddenDatasets) };
}

/** The name of a user or tenant that was not found: those for whom it is missing must not share. */
export function isNobody(scope: unknown): boolean {
  return scope === undefined || scope === null || scope === '';
}

function namesOf(what: 'tags' | 'datasets', names: readonly string[] = []): string[] {
  if (!Array.isArray(names)) throw invalid(`${what} must be a list of names, got ${show(names)}`);
  return [...new Set(names.map((name, i) => checkedName(`${what}[${i}]`, name)))].sort();
}

/** Half of a character outside the first plane would be written as every other half is. */
function checkedName(what: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && name.isWellFormed()) return name;
  throw invalid(`${what} must be a name, a text that is not empty, got ${show(name)}`);
}

/** @param members what the values are called in a message */
function textOf(members: readonly string[], values: readonly unknown[]): string {
  try {
    return keyText(values);
  } catch (error) {
    if (!(error instanceof NotAKey)) throw error;
    const place = error.place.replace(/^\[(\d+)\]/, (_, index) => members[Number(index)]);
    throw invalid(`${place} is ${error.message}; give plain data: texts, numbers, dates, bytes, and lists and objects of them`);
  }
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_KEY', message);
}
