import type { ParameterMetadata } from '../tables/parameter-metadata.js';

/** A parameter as GetParameter, GetParameters and GetParametersByPath give it. */
export interface SsmParameter {
  readonly Name?: string;
  readonly ARN?: string;
  /** Version or label that was asked for, with a colon before it. */
  readonly Selector?: string;
  readonly Type?: string;
  readonly Value?: string;
  readonly Version?: number;
  /** Unix epoch seconds with a fraction. */
  readonly LastModifiedDate?: number;
  readonly DataType?: string;
}

/** A version as DescribeParameters and GetParameterHistory give it. */
export interface SsmParameterVersion extends SsmParameter {
  readonly LastModifiedUser?: string;
  readonly Tier?: string;
  readonly KeyId?: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly Policies?: readonly { readonly PolicyText?: string }[];
  readonly Labels?: readonly string[];
}

/** Metadata of a version in Parameter Store's own protocol. Texts that were never set are left out. */
export function metadataOfSsm(version: SsmParameterVersion): ParameterMetadata {
  const policies = (version.Policies ?? []).flatMap(({ PolicyText }) => PolicyText ?? []);
  const texts = {
    lastModifiedUser: version.LastModifiedUser,
    tier: version.Tier,
    keyId: version.KeyId,
    dataType: version.DataType,
    description: version.Description,
    allowedPattern: version.AllowedPattern,
    policies: policies.length === 0 ? undefined : `[${policies.join(',')}]`, // their own texts are JSON, so this is what PutParameter takes
  };
  return {
    name: version.Name ?? '',
    version: version.Version ?? 0,
    lastModified: millisecondsOf(version.LastModifiedDate),
    type: version.Type ?? '',
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== '')),
  };
}

/** Unix epoch milliseconds of a time in the service's seconds. */
function millisecondsOf(seconds: number | undefined): number {
  return Math.round((seconds ?? 0) * 1000);
}
