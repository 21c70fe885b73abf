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
  const { type, keyId, dataType, description, allowedPattern } = wanted;
  const { policies } = policiesAt(wanted.policies, now);
  const tier = latest?.tier === 'Advanced' ? 'Advanced' : wanted.tier;
  return {
    Name: name, Value: value, Type: type, Overwrite: latest !== undefined,
    ...(tier !== undefined && { Tier: tier }),
    ...(type === 'SecureString' && keyId !== undefined && { KeyId: keyId }),
    ...(dataType !== undefined && { DataType: dataType }),
    // What is there now and is not wanted is taken away by an empty text.
    ...(description !== undefined ? { Description: description } : latest?.description !== undefined && { Description: '' }),
    ...(allowedPattern !== undefined ? { AllowedPattern: allowedPattern } : latest?.allowedPattern !== undefined && { AllowedPattern: '' }),
    // An overwrite that names no policies keeps those that there are.
    ...(policies !== undefined ? { Policies: policies } : latest?.policies !== undefined && { Policies: '[]' }),
  };
}
