import type { LiveVersion } from './live.js';
import type { StoreCall } from './paced-store.js';
import type { RestoreStep } from './plan.js';

/** A label, and the version that it is put on. */
interface Move {
  readonly version: number;
  readonly labels: readonly string[];
}

/** What has to be done so that labels are where they were. */
export interface LabelWork {
  readonly moves: readonly Move[];
  readonly removals: readonly Move[];
  readonly notes: readonly string[];
}

/**
 * Where labels have to go. Follows from what there is alone, so it comes to nothing once it is done.
 *
 * @param versions what Parameter Store has, the version with the wanted value last
 * @param time the instant
 */
export function labelWork({ wanted, labels, laterLabels = [] }: RestoreStep, versions: readonly LiveVersion[], time: number): LabelWork {
  const latest = versions.at(-1);
  if (latest === undefined || wanted === null) return { moves: [], removals: [], notes: [] };
  const isWanted = ({ version, lastModified }: LiveVersion) => version === wanted.version && lastModified === wanted.lastModified;
  const places = labels ?? Object.fromEntries((versions.find(isWanted)?.labels ?? []).map((label) => [label, wanted.version]));
  const byVersion = new Map<number, string[]>();
  const notes: string[] = [];
  for (const [label, version] of Object.entries(places)) {
    const target = version === wanted.version ? latest : versions.find((each) => each.version === version && each.lastModified <= time);
    if (target === undefined) notes.push(`label ${label} was on version ${version}, which is there no more`);
    else if (!target.labels.includes(label)) byVersion.set(target.version, [...byVersion.get(target.version) ?? [], label]);
  }
  const removals = versions.map(({ version, labels: all }) => ({ version, labels: all.filter((label) => laterLabels.includes(label)) }));
  return {
    moves: [...byVersion].map(([version, all]) => ({ version, labels: all })), removals: removals.filter((each) => each.labels.length > 0), notes,
  };
}

/** Moves labels, and removes those that were made later. @returns notes */
export async function carryOutLabels(write: StoreCall, name: string, { moves, removals, notes }: LabelWork): Promise<readonly string[]> {
  const more: string[] = [];
  for (const { version, labels } of removals) await write('UnlabelParameterVersion', { Name: name, ParameterVersion: version, Labels: labels });
  for (const { version, labels } of moves) {
    const { InvalidLabels = [] } = await write<{ readonly InvalidLabels?: readonly string[] }>(
      'LabelParameterVersion', { Name: name, ParameterVersion: version, Labels: labels });
    if (InvalidLabels.length > 0) more.push(`AWS does not take these labels: ${InvalidLabels.join(', ')}`);
  }
  return [...notes, ...more];
}
