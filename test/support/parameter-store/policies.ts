import { invalid, ParameterStoreError } from './errors';

const TYPES = ['Expiration', 'ExpirationNotification', 'NoChangeNotification'] as const;
const UNITS: Readonly<Record<string, number>> = { Days: 86_400_000, Hours: 3_600_000 };
const MOST = 10;

export interface Policy {
  readonly type: typeof TYPES[number];
  readonly text: string;
  readonly status: 'Pending' | 'Finished';
  /** Of `Expiration`: when. Of the others: how long before that, or after the last change. */
  readonly time: number;
}

interface GivenPolicy {
  readonly Type?: unknown;
  readonly Attributes?: { readonly [name: string]: unknown };
}

/** What PutParameter was given as policies: none takes away those that there are. */
export function policiesOf(text: string): readonly Policy[] {
  if (text.trim() === '') return [];
  const given = parsed(text);
  if (given.length > MOST) throw new ParameterStoreError('PoliciesLimitExceededException', `At most ${MOST} policies.`);
  const policies = given.map(policyOf);
  if (policies.filter(({ type }) => type === 'Expiration').length > 1) {
    throw new ParameterStoreError('IncompatiblePolicyException', 'There is a conflict in the policies: Expiration more than once.');
  }
  return policies;
}

function parsed(text: string): readonly GivenPolicy[] {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw invalid('Policies must be a JSON array.');
  }
  if (!Array.isArray(given)) throw invalid('Policies must be a JSON array.');
  return given as readonly GivenPolicy[];
}

function policyOf(given: GivenPolicy): Policy {
  const type = TYPES.find((each) => each === given.Type);
  if (type === undefined) throw new ParameterStoreError('InvalidPolicyTypeException', 'The policy type isn\'t supported.');
  const { Timestamp, Before, After, Unit } = given.Attributes ?? {};
  const time = type === 'Expiration'
    ? Date.parse(String(Timestamp))
    : Number(type === 'NoChangeNotification' ? After : Before) * (UNITS[String(Unit)] ?? NaN);
  if (!Number.isFinite(time)) throw new ParameterStoreError('InvalidPolicyAttributeException', `An attribute of the policy ${type} isn't valid.`);
  return { type, text: JSON.stringify(given), status: 'Pending', time };
}

/** Policies of a parameter that has been changed: those that wait for a time without changes begin anew. */
export function changedAgain(policies: readonly Policy[]): readonly Policy[] {
  return policies.map((policy) => policy.type === 'NoChangeNotification' ? { ...policy, status: 'Pending' } : policy);
}

/** When a policy acts; `undefined` for never. */
export function dueAt(policy: Policy, all: readonly Policy[], lastModified: number): number | undefined {
  if (policy.status === 'Finished') return undefined;
  if (policy.type === 'Expiration') return policy.time;
  if (policy.type === 'NoChangeNotification') return lastModified + policy.time;
  const expiration = all.find(({ type }) => type === 'Expiration');
  return expiration && expiration.time - policy.time;
}
