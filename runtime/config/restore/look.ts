import type { PacedStore } from './paced-store.js';
import type { SeenVersion } from './plan.js';

/** What Parameter Store says of the newest version of a parameter. */
interface Found {
  readonly Name: string;
  readonly Version: number;
  /** Seconds. */
  readonly LastModifiedDate: number;
}

type Version = Pick<SeenVersion, 'version' | 'lastModified'>;

/** The newest versions of parameters, ten at the most, by one call. Those that are not there are left out. */
export async function lookAt({ read }: PacedStore, names: readonly string[]): Promise<ReadonlyMap<string, Version>> {
  const { Parameters = [] } = await read<{ readonly Parameters?: readonly Found[] }>('GetParameters', { Names: names, WithDecryption: false });
  return new Map(Parameters.map(({ Name, Version: version, LastModifiedDate }) =>
    [Name, { version, lastModified: Math.round(LastModifiedDate * 1000) }]));
}

export function isSameVersion(found: Version | undefined, seen: Version | null): boolean {
  return found !== undefined && found.version === seen?.version && found.lastModified === seen.lastModified;
}
