import { putParameterInput } from '../parameters/put-input.js';
import type { LiveVersion } from './live.js';
import type { WantedVersion } from './plan.js';
import { policiesAt, samePolicies } from './policies.js';

/** What a version has beside its value that may be other than wanted. */
export type ContentMember = 'type' | 'tier' | 'keyId' | 'dataType' | 'description' | 'allowedPattern' | 'policies';

const DEFAULT_DATA_TYPE = 'text';
const DEFAULT_KEY = 'alias/aws/ssm';

/** Members of a version that are not as wanted. A tier that is higher than wanted is as wanted: none is ever lowered. */
export function differencesOf(live: LiveVersion, wanted: WantedVersion, now: number): readonly ContentMember[] {
  const different: ContentMember[] = [];
  if (live.type !== wanted.type) different.push('type');
  if (wanted.tier === 'Advanced' && live.tier !== 'Advanced') different.push('tier');
  if (wanted.type === 'SecureString' && (live.keyId ?? DEFAULT_KEY) !== (wanted.keyId ?? DEFAULT_KEY)) different.push('keyId');
  if ((live.dataType ?? DEFAULT_DATA_TYPE) !== (wanted.dataType ?? DEFAULT_DATA_TYPE)) different.push('dataType');
  if ((live.description ?? '') !== (wanted.description ?? '')) different.push('description');
  if ((live.allowedPattern ?? '') !== (wanted.allowedPattern ?? '')) different.push('allowedPattern');
  // The plan has left out policies that had expired by then; since then others may have.
  if (!samePolicies(policiesAt(live.policies, now).policies, policiesAt(wanted.policies, now).policies)) different.push('policies');
  return different;
}

/** Input of the PutParameter call that makes a version as wanted. @param latest the version that it follows; none: it is created anew */
export function putInput(name: string, value: string, wanted: WantedVersion, latest: LiveVersion | undefined, now: number): object {
  const { type, keyId, dataType } = wanted;
  // What is there now and is not wanted is taken away by an empty text: an overwrite that does not name it keeps it.
  const orNone = (member: string | undefined, there: unknown, none: string) => member ?? (there === undefined ? undefined : none);
  return putParameterInput({
    name, value, type, overwrite: latest !== undefined, dataType,
    tier: latest?.tier === 'Advanced' ? 'Advanced' : wanted.tier,
    keyId: type === 'SecureString' ? keyId : undefined,
    description: orNone(wanted.description, latest?.description, ''),
    allowedPattern: orNone(wanted.allowedPattern, latest?.allowedPattern, ''),
    policies: orNone(policiesAt(wanted.policies, now).policies, latest?.policies, '[]'),
  });
}
