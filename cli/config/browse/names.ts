/** What may be known of a parameter without asking AWS. */
export interface Known {
  readonly version?: number;
  readonly type?: string;
  /** In Unix epoch milliseconds. */
  readonly lastModified?: number;
  readonly lastModifiedUser?: string;
  readonly tier?: string;
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
}

/** A member of a path. It can be both: a parameter, and the beginning of the names of others. */
export interface Child {
  /** The whole name, without a slash at its end. */
  readonly name: string;
  readonly isPath: boolean;
  readonly isParameter: boolean;
  /** Parameters below it. */
  readonly count?: number;
}

/** The names as browse reads them: one unchanging view of the local copy. A synchronization gives another. */
export interface Names {
  readonly count: number;
  /** When the copy was true, in Unix epoch milliseconds. Undefined: never yet. */
  readonly syncedAt?: number;
  /** Members of a path, by name. Asked for only when the path is opened. */
  children(path: string): readonly Child[];
  get(name: string): Known | undefined;
  /** Names that contain the text or nearly so, best first. */
  search(text: string, limit: number): readonly string[];
}

/** The last part of a name. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/', name.length - 2) + 1);
}

/** The path that a name is in. Undefined: it is in none. */
export function parentOf(name: string): string | undefined {
  const at = name.lastIndexOf('/');
  if (at < 0) return undefined;
  return at === 0 ? (name === '/' ? undefined : '/') : name.slice(0, at);
}
