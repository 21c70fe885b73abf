import { createHash, randomBytes } from 'node:crypto';
import type { Identity, Invalidation } from './result-index.js';

/** Milliseconds that an invalidation is remembered: longer than any entry lives, so that none outlives the memory of what made it invalid. */
export const EPOCH_KEPT = 24 * 3600 * 1000;

/** Names of everything that the index keeps on a server. The braces put all of a namespace into one slot of a cluster. */
export class IndexKeys {
  private readonly prefix: string;

  constructor(namespace: string) {
    this.prefix = `lc:{${namespace}}:`;
  }

  /** Entry: a hash of `j` (JSON), `i` (small result), `g` (epochs), `a` (attempt), `s` (scope), `L` (life in ms), `w` (ms of it that are stale). */
  entry = (id: string) => `${this.prefix}e:${id}`;
  /** Who has the lease: `<fence>:<attempt>`. */
  lease = (id: string) => `${this.prefix}l:${id}`;
  /** Attempts: a hash of the state by attempt, and of the last one's `a` (attempt), `g` (epochs), `s` (scope). */
  attempts = (id: string) => `${this.prefix}m:${id}`;
  /** The last lease that was given: `<fence>:<attempt>`; without the attempt once nobody may publish under it. */
  fence = (id: string) => `${this.prefix}f:${id}`;
  /** A remembered failure: `<epochs>|<JSON>`. */
  failure = (id: string) => `${this.prefix}x:${id}`;
  /** A scope's entries: a sorted set of identifiers by expiry. */
  scopeEntries = (scope: string) => `${this.prefix}s:${scope}`;
  /** Channel of what happens to an identity's attempts. */
  channel = (id: string) => `${this.prefix}c:${id}`;

  /** What an identity's entry is valid under: the epochs of the namespace, its scope, its tags and datasets, always in this order. */
  epochs({ scope, tags, datasets }: Identity): string[] {
    return [this.all, this.scopeEpoch(scope), ...tags.map((tag) => this.tagEpoch(tag)), ...datasets.map((dataset) => this.datasetEpoch(dataset))];
  }

  /** New values of the epochs that an invalidation changes, by key. */
  changes({ all, scopes = [], tags = [], datasets = {} }: Invalidation): Map<string, string> {
    const epoch = randomBytes(9).toString('base64url');
    const changes = new Map<string, string>();
    if (all === true) changes.set(this.all, epoch);
    for (const scope of scopes) changes.set(this.scopeEpoch(scope), epoch);
    for (const tag of tags) changes.set(this.tagEpoch(tag), epoch);
    for (const [dataset, version] of Object.entries(datasets)) changes.set(this.datasetEpoch(dataset), versionEpoch(version));
    return changes;
  }

  /** Pattern of entries and leases, for SCAN. */
  get listed(): string {
    return `${this.prefix}[el]:*`;
  }

  /** What a listed key is of. */
  parse(key: string): { readonly state: 'entry' | 'running'; readonly id: string } | undefined {
    const [kind, id] = [key.slice(this.prefix.length, this.prefix.length + 2), key.slice(this.prefix.length + 2)];
    if (!key.startsWith(this.prefix) || id === '') return undefined;
    if (kind === 'e:') return { state: 'entry', id };
    return kind === 'l:' ? { state: 'running', id } : undefined;
  }

  private get all(): string {
    return `${this.prefix}o`;
  }

  private scopeEpoch = (scope: string) => `${this.prefix}o:${scope}`;
  private tagEpoch = (tag: string) => `${this.prefix}t:${tag}`;
  private datasetEpoch = (dataset: string) => `${this.prefix}d:${dataset}`;
}

/** The same version gives the same epoch, whoever sets it, and of any length and spelling a short one. */
function versionEpoch(version: string): string {
  return createHash('sha256').update(version).digest('base64url').slice(0, 16);
}
