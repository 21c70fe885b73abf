import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { checkLength, checkMember, constraint, invalid, ParameterStoreError } from './errors';
import { checkNewName } from './names';
import { latest, type Parameter, type Version } from './parameters';
import { changedAgain, policiesOf } from './policies';
import type { Turn } from './state';
import { newTags } from './tags';

const VERSIONS = 100;
const BYTES = { Standard: 4096, Advanced: 8192 } as const;
const TYPES = ['String', 'StringList', 'SecureString'] as const;
const TIERS = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;
const DATA_TYPES = ['text', 'aws:ec2:image', 'aws:ssm:integration'] as const;
const DEFAULT_KEY = 'alias/aws/ssm';

/**
 * What AWS does with what an overwrite does not name is documented for the type and the policies only: they stay. Here the tier and the
 * data type stay as well; description, allowed pattern and key are of the version, so they are gone, as is not known of AWS.
 */
export function putParameter(turn: Turn, input: PutParameterRequest): PutParameterResult {
  const { parameters, place } = turn;
  const name = (input.Name ?? '').trim();
  checkNewName(place, name);
  checkRequest(input);
  const before = parameters.get(name);
  const other = parameters.get(name.startsWith('/') ? name.slice(1) : `/${name}`);
  // What AWS answers to an overwrite by the other spelling of a name is not known.
  if ((before !== undefined && input.Overwrite !== true) || (before === undefined && other !== undefined)) {
    throw new ParameterStoreError('ParameterAlreadyExists', 'The parameter already exists. '
      + 'To overwrite this value, set the overwrite option in the request to true.');
  }
  const last = before && latest(before);
  const type = typeOf(turn, input, last);
  const version = { ...nextVersion(turn, input, last, type), version: (last?.version ?? 0) + 1 };
  const operation = before === undefined ? 'Create' : 'Update';
  const parameter: Parameter = { name, versions: kept(name, before, version), tags: before?.tags ?? newTags(input.Tags) };
  if (version.dataType === 'aws:ec2:image' && !/^ami-[0-9a-f]{8,17}$/.test(input.Value!)) {
    // AWS checks an image after its answer: the parameter stays as it was, and only an event tells.
    turn.changed(operation, parameter, { exception: 'Unable to Describe Resource', dataType: version.dataType });
  } else {
    parameters.set(parameter);
    turn.changed(operation, parameter);
  }
  return { Version: version.version, Tier: version.tier };
}

function checkRequest(input: PutParameterRequest): void {
  if (input.Value === undefined) throw constraint('value', 'not be null');
  checkLength('value', input.Value, 1, Infinity);
  checkMember('type', input.Type, TYPES);
  checkMember('tier', input.Tier, TIERS);
  checkMember('dataType', input.DataType, DATA_TYPES);
  checkLength('description', input.Description ?? '', 0, 1024);
  checkLength('allowedPattern', input.AllowedPattern ?? '', 0, 1024);
  if (input.Overwrite === true && input.Tags !== undefined && input.Tags.length > 0) {
    throw invalid('Invalid request: tags and overwrite can\'t be used together. To create a parameter with tags, please remove overwrite flag. '
      + 'To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.');
  }
  if (/\{\{.*\}\}/s.test(input.Value)) throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  checkPattern(input);
}

/** Whether a pattern has to match all of the value is not documented; it matches anywhere, as the documented example has its own `^` and `$`. */
function checkPattern({ AllowedPattern, Value }: PutParameterRequest): void {
  if (AllowedPattern === undefined || AllowedPattern === '') return;
  let pattern: RegExp;
  try {
    pattern = new RegExp(AllowedPattern);
  } catch {
    throw new ParameterStoreError('InvalidAllowedPatternException', 'The request doesn\'t meet the regular expression requirement.');
  }
  if (!pattern.test(Value!)) throw new ParameterStoreError('ParameterPatternMismatchException', 'Parameter value does not match allowedPattern.');
}

/** AWS documents that a type cannot be changed (HierarchyTypeMismatchException); reports of clients have it that it sometimes can. */
function typeOf(turn: Turn, { Type, KeyId }: PutParameterRequest, last: Version | undefined): Version['type'] {
  const type = Type ?? last?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (last !== undefined && last.type !== type && turn.typeChange === 'refused') {
    throw new ParameterStoreError('HierarchyTypeMismatchException', 'Parameter Store does not support changing a parameter type in a hierarchy.');
  }
  if (KeyId !== undefined && type !== 'SecureString') throw invalid(`KeyId is for the type SecureString, not for ${type}.`);
  return type;
}

function nextVersion(turn: Turn, input: PutParameterRequest, last: Version | undefined, type: Version['type']): Omit<Version, 'version'> {
  const policies = input.Policies === undefined ? changedAgain(last?.policies ?? []) : policiesOf(input.Policies);
  const tier = tierOf(turn, input, last, policies.length > 0);
  return {
    type, tier, policies,
    stored: type === 'SecureString' ? turn.cipher.encrypt(input.Value!) : input.Value!,
    ...(type === 'SecureString' ? { keyId: input.KeyId ?? DEFAULT_KEY } : {}),
    ...(input.Description ? { description: input.Description } : {}),
    ...(input.AllowedPattern ? { allowedPattern: input.AllowedPattern } : {}),
    dataType: input.DataType ?? last?.dataType ?? 'text',
    lastModified: turn.time, lastModifiedUser: turn.caller.arn, labels: [],
  };
}

function tierOf(turn: Turn, input: PutParameterRequest, last: Version | undefined, withPolicies: boolean): Version['tier'] {
  const bytes = Buffer.byteLength(input.Value!);
  const full = (tier: Version['tier'], most: number) => last?.tier !== tier && turn.parameters.count(tier) >= most;
  if (input.Tier === 'Standard' && last?.tier === 'Advanced') {
    throw invalid('You can\'t downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.');
  }
  let tier: Version['tier'] = input.Tier === 'Advanced' ? 'Advanced' : last?.tier ?? 'Standard';
  const needsAdvanced = bytes > BYTES.Standard || withPolicies || full('Standard', turn.limits.standard);
  if (input.Tier === 'Intelligent-Tiering' && tier === 'Standard' && needsAdvanced) tier = 'Advanced';
  if (bytes > BYTES[tier]) throw invalid(`${tier} tier parameters support a maximum parameter value of ${BYTES[tier]} characters.`);
  if (withPolicies && tier === 'Standard') throw invalid('Parameter policies are for parameters of the advanced tier.');
  if (full(tier, tier === 'Standard' ? turn.limits.standard : turn.limits.advanced)) {
    throw new ParameterStoreError('ParameterLimitExceeded', `You have exceeded the number of parameters of the tier ${tier}.`);
  }
  return tier;
}

/** Only the newest are kept; one with a label is never dropped. */
function kept(name: string, before: Parameter | undefined, version: Version): readonly Version[] {
  const versions = before?.versions ?? [];
  if (versions.length < VERSIONS) return [...versions, version];
  const [oldest] = versions;
  if (oldest!.labels.length > 0) {
    throw new ParameterStoreError('ParameterMaxVersionLimitExceeded', `You attempted to create a new version of ${name} by calling the PutParameter `
      + `API with the overwrite flag. Version ${oldest!.version}, the oldest version, can't be deleted because it has a label associated with it. `
      + 'Move the label to another version of the parameter, and try again.');
  }
  return [...versions.slice(1), version];
}
