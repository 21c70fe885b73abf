import { AwsError } from '../../aws/errors.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import type { StoreCall } from './paced-store.js';
import { present } from './plan-members.js';

/** A version that Parameter Store has. */
export interface LiveVersion extends Omit<ParameterMetadata, 'name' | 'lastModifiedUser'> {
  /** Of a SecureString, the ciphertext. */
  readonly stored: string;
  readonly labels: readonly string[];
}

interface History {
  readonly Parameters?: readonly {
    readonly Version: number; readonly LastModifiedDate: number; readonly Type: string; readonly Tier?: string; readonly KeyId?: string;
    readonly DataType?: string; readonly Description?: string; readonly AllowedPattern?: string; readonly Value?: string;
    readonly Labels?: readonly string[]; readonly Policies?: readonly { readonly PolicyText?: string }[];
  }[];
  readonly NextToken?: string;
}

/** All versions there are, oldest first; none, if there is no such parameter. Nothing is decrypted. */
export async function liveVersions(read: StoreCall, name: string): Promise<readonly LiveVersion[]> {
  const versions: LiveVersion[] = [];
  let token: string | undefined;
  try {
    do {
      const page: History = await read<History>('GetParameterHistory', {
        Name: name, WithDecryption: false, MaxResults: 50, ...(token !== undefined && { NextToken: token }),
      });
      versions.push(...(page.Parameters ?? []).map(versionOf));
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    if (error instanceof AwsError && error.name === 'ParameterNotFound') return [];
    throw error;
  }
  return versions.sort((a, b) => a.version - b.version);
}

/** A version's value, decrypted by Parameter Store. */
export async function liveValue(read: StoreCall, name: string, { version, type, stored }: LiveVersion): Promise<string> {
  if (type !== 'SecureString') return stored;
  const answer = await read<{ readonly Parameter: { readonly Value: string } }>('GetParameter', { Name: `${name}:${version}`, WithDecryption: true });
  return answer.Parameter.Value;
}

function versionOf(each: NonNullable<History['Parameters']>[number]): LiveVersion {
  const policies = (each.Policies ?? []).flatMap(({ PolicyText }) => PolicyText === undefined ? [] : [PolicyText]);
  return present({
    version: each.Version, lastModified: Math.round(each.LastModifiedDate * 1000), type: each.Type, tier: each.Tier, keyId: each.KeyId || undefined,
    dataType: each.DataType || undefined, description: each.Description || undefined, allowedPattern: each.AllowedPattern || undefined,
    policies: policies.length > 0 ? `[${policies.join()}]` : undefined, stored: each.Value ?? '', labels: each.Labels ?? [],
  });
}
