import { AwsError } from '../../aws/errors.js';
import { parameterPagesOf, type ParametersPage } from '../parameters/pages.js';
import { metadataOfSsm, type SsmParameterVersion } from '../parameters/shapes.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import type { StoreCall } from './paced-store.js';

/** A version that Parameter Store has. */
export interface LiveVersion extends Omit<ParameterMetadata, 'name' | 'lastModifiedUser'> {
  /** Of a SecureString, the ciphertext. */
  readonly stored: string;
  readonly labels: readonly string[];
}

/** All versions there are, oldest first; none, if there is no such parameter. Nothing is decrypted. */
export async function liveVersions(read: StoreCall, name: string): Promise<readonly LiveVersion[]> {
  const versions: LiveVersion[] = [];
  const pages = parameterPagesOf((more) => read<ParametersPage<SsmParameterVersion>>('GetParameterHistory', {
    Name: name, WithDecryption: false, MaxResults: 50, ...more,
  }));
  try {
    for await (const page of pages) versions.push(...page.map(versionOf));
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

function versionOf(version: SsmParameterVersion): LiveVersion {
  const { name: _name, lastModifiedUser: _user, ...metadata } = metadataOfSsm(version);
  return { ...metadata, stored: version.Value ?? '', labels: version.Labels ?? [] };
}
