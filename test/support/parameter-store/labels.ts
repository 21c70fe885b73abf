import type {
  LabelParameterVersionRequest, LabelParameterVersionResult, UnlabelParameterVersionRequest, UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm';
import { checkLength, notFound, ParameterStoreError } from './errors';
import { latest, type Parameter, type Version } from './parameters';
import type { Turn } from './state';

const MOST = 10;

/** Labels are moved from where they were. Those that are not valid are left out, and told. */
export function labelParameterVersion(turn: Turn, input: LabelParameterVersionRequest): LabelParameterVersionResult {
  const { Name = '', ParameterVersion, Labels = [] } = input;
  checkLength('labels', Labels, 1, MOST);
  for (const label of Labels) checkLength('labels', label, 1, 100);
  const { parameter, version } = labelled(turn, Name, ParameterVersion);
  const valid = Labels.filter((label) => /^(?!aws|ssm|\d)[a-z\d._-]+$/i.test(label));
  const labels = [...new Set([...version.labels, ...valid])];
  if (labels.length > MOST) {
    throw new ParameterStoreError('ParameterVersionLabelLimitExceeded', `A parameter version can have maximum ${MOST} labels.`
      + 'Move one or more labels to another version and try again.');
  }
  if (valid.length > 0) {
    replace(turn, parameter, (each) => each === version ? labels : each.labels.filter((label) => !valid.includes(label)));
    turn.changed('LabelParameterVersion', parameter);
  }
  return { InvalidLabels: Labels.filter((label) => !valid.includes(label)), ParameterVersion: version.version };
}

/** No event of the family `Parameter Store Change` tells of it, as far as AWS documents. */
export function unlabelParameterVersion(turn: Turn, input: UnlabelParameterVersionRequest): UnlabelParameterVersionResult {
  const { Name = '', ParameterVersion, Labels = [] } = input;
  checkLength('labels', Labels, 1, MOST);
  const { parameter, version } = labelled(turn, Name, ParameterVersion);
  replace(turn, parameter, (each) => each === version ? each.labels.filter((label) => !Labels.includes(label)) : each.labels);
  return {
    RemovedLabels: Labels.filter((label) => version.labels.includes(label)),
    InvalidLabels: Labels.filter((label) => !version.labels.includes(label)),
  };
}

function labelled({ parameters }: Turn, name: string, number: number | undefined): { readonly parameter: Parameter; readonly version: Version } {
  const parameter = parameters.get(name.trim());
  if (parameter === undefined) throw notFound(name);
  const version = number === undefined ? latest(parameter) : parameter.versions.find((each) => each.version === number);
  if (version === undefined) {
    throw new ParameterStoreError('ParameterVersionNotFound', `Systems Manager could not find version ${number} of ${name}. `
      + 'Verify the version and try again.');
  }
  return { parameter, version };
}

function replace({ parameters }: Turn, parameter: Parameter, labelsOf: (version: Version) => readonly string[]): void {
  parameters.set({ ...parameter, versions: parameter.versions.map((version) => ({ ...version, labels: labelsOf(version) })) });
}
