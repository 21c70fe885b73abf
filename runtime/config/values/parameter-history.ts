import type { HistoryOptions, ParameterVersion } from './options.js';
import type { ParameterCalls } from './parameter-calls.js';
import { explainRead, missingParameters } from './read-errors.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import type { Reference } from './reference.js';
import { parameterPagesOf, type ParametersPage } from '../parameters/pages.js';
import { metadataOfSsm, type SsmParameterVersion } from '../parameters/shapes.js';

/** GetParameterHistory gives so many at the most. */
const PAGE = 50;

/** Metadata of a parameter's newest version. @throws CacheTiersError, AwsError as `ConfigClient.get` */
export async function describeParameter(calls: ParameterCalls, reference: Reference, signal?: AbortSignal): Promise<ParameterMetadata> {
  const input = { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [reference.name] }] };
  for await (const version of pages(calls, 'DescribeParameters', input, reference, signal)) return metadataOfSsm(version);
  throw missingParameters([reference.base]);
}

/** Versions of a parameter, oldest first. @throws CacheTiersError, AwsError as `ConfigClient.get` */
export async function parameterHistory(
  calls: ParameterCalls, reference: Reference, { values = false, decrypt, signal }: HistoryOptions & { readonly decrypt: boolean },
): Promise<ParameterVersion[]> {
  const versions: ParameterVersion[] = [];
  const input = { Name: reference.base, MaxResults: PAGE, WithDecryption: values && decrypt };
  for await (const version of pages(calls, 'GetParameterHistory', input, reference, signal)) {
    const { Labels = [], Value } = version;
    versions.push({ ...metadataOfSsm(version), labels: Labels, ...(values && Value !== undefined ? { value: Value } : {}) });
  }
  return versions;
}

async function* pages(
  calls: ParameterCalls, operation: 'DescribeParameters' | 'GetParameterHistory', input: object, reference: Reference, signal?: AbortSignal,
): AsyncGenerator<SsmParameterVersion> {
  const call = (more: object) => calls.call<ParametersPage<SsmParameterVersion>>(operation, () => ({ ...input, ...more }), signal)
    .catch((error: unknown) => { throw explainRead(error, reference); });
  for await (const page of parameterPagesOf(call)) yield* page;
}
