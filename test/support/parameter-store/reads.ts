import type {
  GetParameterHistoryRequest, GetParameterHistoryResult, GetParameterRequest, GetParameterResult, GetParametersByPathRequest,
  GetParametersByPathResult, GetParametersRequest, GetParametersResult, Parameter as Shown, ParameterHistory,
} from '@aws-sdk/client-ssm';
import { checkLength, constraint, notFound, ParameterStoreError } from './errors';
import { filterOf, inPath } from './filters';
import { arnOf, referenceOf } from './names';
import { pageOf, pageSize } from './pages';
import { latest, type Parameter, type Version } from './parameters';
import type { State, Turn } from './state';

export function getParameter(turn: Turn, { Name = '', WithDecryption }: GetParameterRequest): GetParameterResult {
  return { Parameter: selected(turn, Name, WithDecryption) };
}

/** What AWS answers to a name that is given twice is not known; here it is answered once. */
export function getParameters(turn: Turn, { Names = [], WithDecryption }: GetParametersRequest): GetParametersResult {
  checkLength('names', Names, 1, 10);
  const Parameters: Shown[] = [];
  const InvalidParameters: string[] = [];
  for (const name of new Set(Names)) {
    try {
      Parameters.push(selected(turn, name, WithDecryption));
    } catch (error) {
      if (!(error instanceof ParameterStoreError)) throw error;
      InvalidParameters.push(name);
    }
  }
  return { Parameters, InvalidParameters };
}

export function getParametersByPath(turn: Turn, input: GetParametersByPathRequest): GetParametersByPathResult {
  const { Path = '', Recursive = false, WithDecryption, ParameterFilters = [] } = input;
  if (!Path.startsWith('/')) throw constraint('path', 'begin with a forward slash');
  const size = pageSize(turn, input.MaxResults, 10);
  const labels = ParameterFilters.filter(({ Key }) => Key === 'Label').flatMap(({ Values = [] }) => Values);
  const matches = filterOf('GetParametersByPath', ParameterFilters.filter(({ Key }) => Key !== 'Label'));
  const versionOf = ({ versions }: Parameter) => labels.length === 0
    ? versions[versions.length - 1] : versions.find((version) => version.labels.some((label) => labels.includes(label)));
  const after = turn.tokens.read('GetParametersByPath', input);
  const page = pageOf({
    items: turn.parameters.after(after), size, after, keyOf: ({ name }) => name,
    wanted: (parameter) => inPath(parameter.name, Path, Recursive) && matches(parameter) && versionOf(parameter) !== undefined,
  });
  return {
    Parameters: page.items.map((parameter) => shown(turn, parameter, versionOf(parameter)!, WithDecryption)),
    ...(page.next === undefined ? {} : { NextToken: turn.tokens.make('GetParametersByPath', input, page.next) }),
  };
}

/** Oldest first, in pages of 50. */
export function getParameterHistory(turn: Turn, input: GetParameterHistoryRequest): GetParameterHistoryResult {
  const { parameter } = found(turn, input.Name ?? '');
  const size = pageSize(turn, input.MaxResults, 50);
  const after = turn.tokens.read('GetParameterHistory', input);
  const page = pageOf({
    items: parameter.versions, size, after, keyOf: ({ version }) => String(version), wanted: ({ version }) => version > Number(after ?? 0),
  });
  return {
    Parameters: page.items.map((version) => record(turn, parameter, version, input.WithDecryption)),
    ...(page.next === undefined ? {} : { NextToken: turn.tokens.make('GetParameterHistory', input, page.next) }),
  };
}

function found({ parameters, place }: State, given: string): { readonly parameter: Parameter; readonly selector?: string } {
  const { names, selector } = referenceOf(place, given);
  const parameter = names.map((name) => parameters.visible(name)).find((each) => each !== undefined);
  if (parameter === undefined) throw notFound(given);
  return { parameter, selector };
}

function selected(state: State, given: string, decrypted: boolean | undefined): Shown {
  const { parameter, selector } = found(state, given);
  if (selector === undefined) return shown(state, parameter, latest(parameter), decrypted);
  const version = parameter.versions.find(({ version, labels }) => String(version) === selector || labels.includes(selector));
  if (version === undefined) {
    throw new ParameterStoreError('ParameterVersionNotFound', `Systems Manager could not find version ${selector} of ${parameter.name}. `
      + 'Verify the version and try again.');
  }
  return { ...shown(state, parameter, version, decrypted), Selector: `:${selector}` };
}

function shown(state: State, { name }: Parameter, version: Version, decrypted: boolean | undefined): Shown {
  return {
    Name: name, Type: version.type, Value: valueOf(state, version, decrypted), Version: version.version,
    LastModifiedDate: new Date(version.lastModified), ARN: arnOf(state.place, name), DataType: version.dataType,
  };
}

function record(state: State, { name }: Parameter, version: Version, decrypted: boolean | undefined): ParameterHistory {
  return { ...metadata(name, version), Value: valueOf(state, version, decrypted), Labels: [...version.labels] };
}

/** What DescribeParameters and GetParameterHistory both say of a version. */
export function metadata(name: string, version: Version): ParameterHistory {
  return {
    Name: name, Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.lastModified), LastModifiedUser: version.lastModifiedUser,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version, Tier: version.tier, DataType: version.dataType,
    Policies: version.policies.map(({ text, type, status }) => ({ PolicyText: text, PolicyType: type, PolicyStatus: status })),
  };
}

function valueOf({ cipher }: State, { type, stored }: Version, decrypted: boolean | undefined): string {
  return type === 'SecureString' && decrypted === true ? cipher.decrypt(stored) : stored;
}
