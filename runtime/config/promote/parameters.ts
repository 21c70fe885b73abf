import { AwsError } from '../../aws/errors.js';
import type { SsmClient } from '../../aws/ssm.js';
import { withDeadline } from '../deadline.js';

/** A parameter with its value, in memory only. */
export interface ReadParameter {
  readonly name: string;
  readonly arn?: string;
  readonly type: string;
  readonly version: number;
  readonly dataType?: string;
  /** Of a SecureString that was not decrypted: the ciphertext. */
  readonly value: string;
}

/** What a version of a parameter has beside its value. */
export interface VersionMetadata {
  readonly keyId?: string;
  readonly tier?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
}

interface Shown {
  readonly Name?: string;
  readonly ARN?: string;
  readonly Type?: string;
  readonly Version?: number;
  readonly DataType?: string;
  readonly Value?: string;
}

interface Recorded extends Shown {
  readonly KeyId?: string;
  readonly Tier?: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
}

interface Paged {
  readonly NextToken?: string;
}

/** All parameters of a path: the one of that name, if there is one, and those below. */
export async function* parametersOf(ssm: SsmClient, path: string, decrypt: boolean, signal?: AbortSignal): AsyncGenerator<ReadParameter> {
  const itself = path === '/' ? undefined : await readParameter(ssm, path, decrypt, signal);
  if (itself !== undefined) yield itself;
  let NextToken: string | undefined;
  do {
    const page: Paged & { readonly Parameters?: readonly Shown[] } = await ssm.call('GetParametersByPath', {
      Path: path, Recursive: true, WithDecryption: decrypt, MaxResults: 10, ...(NextToken !== undefined && { NextToken }),
    }, withDeadline(signal));
    yield* (page.Parameters ?? []).map(readOf);
    NextToken = page.NextToken;
  } while (NextToken);
}

/** @param reference a name, or `name:version`; @returns undefined if there is none */
export async function readParameter(
  ssm: SsmClient, reference: string, decrypt: boolean, signal?: AbortSignal,
): Promise<ReadParameter | undefined> {
  try {
    const input = { Name: reference, WithDecryption: decrypt };
    const { Parameter = {} } = await ssm.call<{ Parameter?: Shown }>('GetParameter', input, withDeadline(signal));
    return readOf(Parameter);
  } catch (error) {
    if (error instanceof AwsError && (error.name === 'ParameterNotFound' || error.name === 'ParameterVersionNotFound')) return undefined;
    throw error;
  }
}

/** What a version has beside its value. Not decrypted, so it takes no key. */
export async function metadataOf(ssm: SsmClient, name: string, version: number, signal?: AbortSignal): Promise<VersionMetadata> {
  let NextToken: string | undefined;
  do {
    const page: Paged & { readonly Parameters?: readonly Recorded[] } = await ssm.call('GetParameterHistory', {
      Name: name, MaxResults: 50, ...(NextToken !== undefined && { NextToken }),
    }, withDeadline(signal));
    const found = page.Parameters?.find(({ Version }) => Version === version);
    if (found !== undefined) {
      const { KeyId: keyId, Tier: tier, Description: description, AllowedPattern: allowedPattern } = found;
      return { keyId, tier, description: description || undefined, allowedPattern: allowedPattern || undefined };
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return {};
}

const readOf = ({ Name = '', ARN, Type = 'String', Version = 0, DataType, Value = '' }: Shown): ReadParameter =>
  ({ name: Name, arn: ARN, type: Type, version: Version, dataType: DataType, value: Value });
