import type { ParametersPage } from '../parameters/pages.js';
import { metadataOfSsm, type SsmParameter } from '../parameters/shapes.js';
import type { PacedStore } from './paced-store.js';
import type { SeenVersion } from './plan.js';

type Version = Pick<SeenVersion, 'version' | 'lastModified'>;

/** The newest versions of parameters, ten at the most, by one call. Those that are not there are left out. */
export async function lookAt({ read }: PacedStore, names: readonly string[]): Promise<ReadonlyMap<string, Version>> {
  const { Parameters = [] } = await read<ParametersPage<SsmParameter>>('GetParameters', { Names: names, WithDecryption: false });
  return new Map(Parameters.map(metadataOfSsm).map(({ name, version, lastModified }) => [name, { version, lastModified }]));
}

export function isSameVersion(found: Version | undefined, seen: Version | null): boolean {
  return found !== undefined && found.version === seen?.version && found.lastModified === seen.lastModified;
}
