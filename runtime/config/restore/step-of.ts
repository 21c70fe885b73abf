import type { CachedParameter } from '../tables/cache-table.js';
import { isLostPut, type AuditRecord } from '../tables/audit-record.js';
import { present } from './plan-members.js';
import type { RestoreQuery, RestoreReason, RestoreStep, SeenVersion, WantedVersion } from './plan.js';
import { policiesAt } from './policies.js';
import type { RecordedState } from './recorded-state.js';

export interface StepFacts {
  readonly name: string;
  readonly query: RestoreQuery;
  /** What the table of names says. Absent: it has no row. */
  readonly row?: CachedParameter;
  readonly state: RecordedState;
  /** Whether replication writes it. */
  readonly isReplica: boolean;
  /** Unix epoch milliseconds. */
  readonly now: number;
}

/** What is done with a parameter. @returns nothing, if all is as it was */
export function stepOf(facts: StepFacts): RestoreStep | undefined {
  const { name, row, state: { exists, put, uncertain }, isReplica } = facts;
  const isThere = row?.state === 'ACTIVE';
  const current = isThere ? seenOf(row) : null;
  const base = { name, current, wanted: null, secret: (isThere && row.metadata?.type === 'SecureString') || put?.type === 'SecureString' };
  const skip = (reason: RestoreReason, detail?: string): RestoreStep => present({ ...base, action: 'skip', reason, detail });
  if (isThere && current === null) return skip('uncertain', 'its row in the table of names is damaged: the next reconciliation repairs it');
  if (uncertain !== undefined) {
    if (exists) return skip('uncertain', `it was deleted ${between(uncertain)}`);
    const isUnknown = uncertain.before === Infinity; // the log has never heard of it
    return current === null && isUnknown ? undefined : skip('not-in-log');
  }
  if (!exists) return current === null ? undefined : laterStep(facts, current, base);
  if (put === undefined) return skip('not-in-log');
  if (isSame(current, put)) return isReplica ? undefined : labelStep(facts, put, base);
  if (isReplica) return skip('replica');
  const wanted = wantedOf(put, facts.now);
  if (wanted === undefined) return skip('value-not-kept', 'of this version there is only an event: it was gone before it could be read');
  if (put.value === undefined && current === null) return skip('value-not-kept', 'the log keeps no values, and the parameter is gone');
  const details = [
    ...(current === null ? ['it is created anew, without the tags that it had'] : []),
    ...(put.value === undefined ? ['the log has no value of it: Parameter Store\'s history must have it'] : []),
    ...(current?.type !== undefined && current.type !== wanted.type ? [`it is a ${current.type} now, and AWS may refuse another type`] : []),
    ...expiredOf(put, facts.now),
  ];
  return present<RestoreStep>({
    ...base, action: 'put', reason: current === null ? 'deleted' : 'changed', wanted, ...labelsOf(facts),
    detail: details.length > 0 ? details.join('; ') : undefined,
  });
}

type Base = Pick<RestoreStep, 'name' | 'current' | 'wanted' | 'secret'>;

function laterStep({ query, isReplica }: StepFacts, current: SeenVersion, base: Base): RestoreStep {
  if (isReplica) return { ...base, action: 'skip', reason: 'replica' };
  if (current.lastModified <= query.time) {
    return { ...base, action: 'skip', reason: 'uncertain', detail: 'the log says that it did not exist, but its version is older' };
  }
  return { ...base, action: query.removeLater === true ? 'delete' : 'skip', reason: 'created-later' };
}

/** The value is that of the instant. */
function labelStep(facts: StepFacts, put: AuditRecord, base: Base): RestoreStep | undefined {
  const wanted = wantedOf(put, facts.now);
  const places = labelsOf(facts);
  const hasWork = Object.keys(places.labels ?? {}).length > 0 || places.laterLabels !== undefined;
  return wanted !== undefined && hasWork ? { ...base, action: 'label', reason: 'labels', wanted, ...places } : undefined;
}

function labelsOf({ state: { labels, laterLabels }, query }: StepFacts): Pick<RestoreStep, 'labels' | 'laterLabels'> {
  if (labels === undefined) return {};
  const later = query.removeLater === true ? laterLabels.filter((label) => !labels.has(label)) : [];
  return { labels: Object.fromEntries(labels), ...(later.length > 0 && { laterLabels: later }) };
}

function wantedOf(put: AuditRecord, now: number): WantedVersion | undefined {
  const { recordId, version, time, type, tier, keyId, dataType, description, allowedPattern } = put;
  if (isLostPut(put) || version === undefined || type === undefined) return undefined;
  const { policies } = policiesAt(put.policies, now);
  return present({ recordId, version, lastModified: time, type, tier, keyId, dataType, description, allowedPattern, policies });
}

function expiredOf({ policies }: AuditRecord, now: number): string[] {
  const { expired } = policiesAt(policies, now);
  if (expired === undefined) return [];
  return [`it was to expire on ${new Date(expired).toISOString()}, which has passed: it is restored without that policy`];
}

function seenOf({ metadata }: CachedParameter): SeenVersion | null {
  if (metadata === undefined) return null;
  const { version, lastModified, type } = metadata;
  return { version, lastModified, type };
}

const isSame = (current: SeenVersion | null, put: AuditRecord): boolean =>
  current !== null && current.version === put.version && current.lastModified === put.time && !isLostPut(put);

function between({ after, before }: { readonly after: number; readonly before: number }): string {
  return `between ${new Date(after).toISOString()} and ${new Date(before).toISOString()}, and no event tells when`;
}
