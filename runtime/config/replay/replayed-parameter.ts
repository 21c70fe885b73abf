import type { StateAtInstant } from '../audit/state.js';
import { isLostPut } from '../tables/audit-record.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';

/** A parameter as it was at an instant, as far as the audit log knows it. Times are Unix epoch milliseconds. */
export interface ReplayedParameter extends Partial<ParameterMetadata> {
  readonly name: string;
  /** Where values are asked for: of a SecureString, its ciphertext. */
  readonly value?: string;
  /** Labels by version, those that were moved while the log was kept. */
  readonly labels?: { readonly [version: string]: readonly string[] };
  /** Between these times, exclusively, it was created or deleted, so it may not have existed. */
  readonly uncertain?: { readonly after: number; readonly before: number };
}

export function replayedParameter(name: string, { put, labels, uncertain }: StateAtInstant): ReplayedParameter {
  return {
    ...(put && { ...metadataMembers(put), ...(put.value !== undefined && { value: put.value }) }),
    name,
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(uncertain && { uncertain: { after: uncertain.after, before: uncertain.before } }),
  };
}

/** What Parameter Store said of it. Undefined: there was only an event, which does not say all. */
export function metadataOf(name: string, put: StateAtInstant['put']): ParameterMetadata | undefined {
  if (put?.version === undefined || put.type === undefined || isLostPut(put)) return undefined;
  return { ...metadataMembers(put), name, version: put.version, lastModified: put.time, type: put.type };
}

function metadataMembers(put: NonNullable<StateAtInstant['put']>): Omit<ReplayedParameter, 'name'> {
  const { version, time, user, type, tier, keyId, dataType, description, allowedPattern, policies } = put;
  const members = { version, lastModified: time, lastModifiedUser: user, type, tier, keyId, dataType, description, allowedPattern, policies };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
