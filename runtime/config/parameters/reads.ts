import { AwsError } from '../../aws/errors.js';
import type { SsmClient } from '../../aws/ssm.js';
import { withDeadline } from '../deadline.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import { parameterPagesOf, type ParametersPage } from './pages.js';
import { metadataOfSsm, type SsmParameter, type SsmParameterVersion } from './shapes.js';

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

/** GetParametersByPath and GetParameters give, and take, so many at the most; GetParameterHistory gives so many. */
const MOST = 10;
const MOST_VERSIONS = 50;

/** All parameters of a path: the one of that name, if there is one, and those below. */
export async function* parametersOf(ssm: SsmClient, path: string, decrypt: boolean, signal?: AbortSignal): AsyncGenerator<ReadParameter> {
  const itself = path === '/' ? undefined : await readParameter(ssm, path, decrypt, signal);
  if (itself !== undefined) yield itself;
  for await (const page of pagesBelow(ssm, path, decrypt, signal)) yield* page;
}

/** The parameters below a path, page by page. */
export async function* pagesBelow(
  ssm: SsmClient, path: string, decrypt: boolean, signal?: AbortSignal,
): AsyncGenerator<readonly ReadParameter[]> {
  const pages = parameterPagesOf((more) => ssm.call<ParametersPage<SsmParameter>>('GetParametersByPath', {
    Path: path, Recursive: true, WithDecryption: decrypt, MaxResults: MOST, ...more,
  }, withDeadline(signal)));
  for await (const page of pages) yield page.map(readOf);
}

/** Those of the names that there are. */
export async function readParameters(ssm: SsmClient, names: readonly string[], decrypt: boolean, signal?: AbortSignal): Promise<ReadParameter[]> {
  const [wanted, found]: [string[], ReadParameter[]] = [[...new Set(names)], []];
  for (let at = 0; at < wanted.length; at += MOST) {
    const input = { Names: wanted.slice(at, at + MOST), WithDecryption: decrypt };
    const { Parameters = [] } = await ssm.call<ParametersPage<SsmParameter>>('GetParameters', input, withDeadline(signal));
    found.push(...Parameters.map(readOf));
  }
  return found;
}

/** @param reference a name, or `name:version`; @returns undefined if there is none */
export async function readParameter(
  ssm: SsmClient, reference: string, decrypt: boolean, signal?: AbortSignal,
): Promise<ReadParameter | undefined> {
  try {
    const input = { Name: reference, WithDecryption: decrypt };
    const { Parameter = {} } = await ssm.call<{ Parameter?: SsmParameter }>('GetParameter', input, withDeadline(signal));
    return readOf(Parameter);
  } catch (error) {
    if (error instanceof AwsError && (error.name === 'ParameterNotFound' || error.name === 'ParameterVersionNotFound')) return undefined;
    throw error;
  }
}

/** What a version has beside its value; nothing, if it is gone. Not decrypted, so it takes no key. */
export async function metadataOfVersion(
  ssm: SsmClient, name: string, version: number, signal?: AbortSignal,
): Promise<Partial<ParameterMetadata>> {
  const pages = parameterPagesOf((more) => ssm.call<ParametersPage<SsmParameterVersion>>('GetParameterHistory', {
    Name: name, MaxResults: MOST_VERSIONS, ...more,
  }, withDeadline(signal)));
  for await (const page of pages) {
    const found = page.find(({ Version }) => Version === version);
    if (found !== undefined) return metadataOfSsm(found);
  }
  return {};
}

const readOf = ({ Name = '', ARN, Type = 'String', Version = 0, DataType, Value = '' }: SsmParameter): ReadParameter =>
  ({ name: Name, arn: ARN, type: Type, version: Version, dataType: DataType, value: Value });
