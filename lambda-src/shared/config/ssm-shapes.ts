import type { ParameterHistory, ParameterInlinePolicy, ParameterMetadata as Described } from '@aws-sdk/client-ssm';
import type { ParameterRecord } from './parameter-store';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';

/** A parameter as DescribeParameters gives it. */
export function metadataOf(parameter: Described | ParameterHistory): ParameterMetadata {
  const { Name: name, Version: version, LastModifiedDate: date, Type: type } = parameter;
  if (name === undefined || version === undefined || date === undefined || type === undefined) {
    throw new Error(`Parameter Store's answer is incomplete: ${JSON.stringify({ name, version, date, type })}`);
  }
  return {
    name,
    version,
    lastModified: date.getTime(),
    type,
    ...present({
      lastModifiedUser: parameter.LastModifiedUser,
      tier: parameter.Tier,
      keyId: parameter.KeyId,
      dataType: parameter.DataType,
      description: parameter.Description,
      allowedPattern: parameter.AllowedPattern,
      policies: policiesOf(parameter.Policies),
    }),
  };
}

/** A version as GetParameterHistory gives it. */
export function recordOf(parameter: ParameterHistory): ParameterRecord {
  return { ...metadataOf(parameter), value: parameter.Value ?? '', labels: parameter.Labels ?? [] };
}

/** Their own texts, which are JSON, so that the array is what PutParameter takes. */
function policiesOf(policies: readonly ParameterInlinePolicy[] = []): string | undefined {
  const texts = policies.map(({ PolicyText }) => PolicyText).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : `[${texts.join(',')}]`;
}

/** Empty texts are what Parameter Store gives for those that were never set. */
function present<T extends object>(members: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== '')) as
    Partial<{ [K in keyof T]: NonNullable<T[K]> }>;
}
