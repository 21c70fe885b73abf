import { isRecord } from '../is-record.js';
import type { Members } from './plan-members.js';

/** What is left of a version's policies at a later time. */
export interface PoliciesLeft {
  /** JSON array. Absent: none. */
  readonly policies?: string;
  /** When the parameter was to expire, in Unix epoch milliseconds, if that has passed: with this policy it would be removed at once. */
  readonly expired?: number;
}

/** Leaves out an expiration that has passed, and the notifications before it. */
export function policiesAt(policies: string | undefined, now: number): PoliciesLeft {
  const parsed = parse(policies);
  if (parsed.length === 0) return {};
  const expires = Math.min(...parsed.filter(({ Type }) => Type === 'Expiration').map(expiryOf));
  if (!(expires <= now)) return { policies: JSON.stringify(parsed) };
  const left = parsed.filter(({ Type }) => Type !== 'Expiration' && Type !== 'ExpirationNotification');
  return { expired: expires, ...(left.length > 0 && { policies: JSON.stringify(left) }) };
}

/** Whether two lists say the same, in any order. */
export function samePolicies(a: string | undefined, b: string | undefined): boolean {
  const canonical = (policies: string | undefined) => JSON.stringify(parse(policies).map(sorted).map((policy) => JSON.stringify(policy)).sort());
  return canonical(a) === canonical(b);
}

function parse(policies: string | undefined): readonly Members[] {
  if (policies === undefined || policies.trim() === '') return [];
  try {
    const parsed: unknown = JSON.parse(policies);
    return Array.isArray(parsed) ? parsed.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function expiryOf({ Attributes }: Members): number {
  const time = isRecord(Attributes) ? Date.parse(String(Attributes.Timestamp)) : NaN;
  return Number.isNaN(time) ? Infinity : time;
}

function sorted(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((member) => [member, sorted(value[member])]));
}
