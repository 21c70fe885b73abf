import { keyText } from '../data/key-text.js';
import { NotAKey } from '../data/key-writer.js';
import { InvalidArgumentError, show } from '../errors.js';
import type { Identity } from './index/result-index.js';
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

/** What identifies a query. Tags and datasets count as sets: neither their order nor a repetition matters. */
export type Identified = Pick<LiveQuery, 'scope' | 'key' | 'tags' | 'datasets'>;

/**
 * A query's identity. Two queries share one if and only if scope, key, tags and datasets are the same.
 *
 * @throws InvalidArgumentError `E_LIVE_KEY` if a part of it is not data, or a tag is no name
 */
export async function identify(keys: KeyRing, query: Identified, signal?: AbortSignal): Promise<Identity> {
  const { scope, key } = query;
  const tags = namesOf('tags', query.tags);
  const datasets = namesOf('datasets', query.datasets);
  const text = textOf(['scope', 'key', 'tags', 'datasets'], [scope, key, tags, datasets]);
  const [id, hiddenScope, hiddenTags, hiddenDatasets] = await Promise.all([
    keys.mac(`query:${text}`, signal),
    scopeId(keys, scope, signal),
    Promise.all(tags.map((tag) => tagId(keys, tag, signal))),
    Promise.all(datasets.map((dataset) => datasetId(keys, dataset, signal))),
  ]);
  return { id, scope: hiddenScope, tags: hiddenTags.sort(), datasets: hiddenDatasets.sort() };
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
    throw invalid(`${place} is ${error.message}; pass plain data that says what is asked, and by whom`);
  }
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_KEY', message);
}
