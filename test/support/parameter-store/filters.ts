import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { checkLength, constraint, ParameterStoreError } from './errors';
import { latest, type Parameter } from './parameters';

const VALUES = 50;
/** Those that the two operations take, as documented. Of Label, GetParametersByPath makes more than a filter. */
const KEYS: Readonly<Record<string, RegExp>> = {
  DescribeParameters: /^(tag:.+|Name|Type|KeyId|Path|Tier|DataType)$/,
  GetParametersByPath: /^(Type|KeyId)$/,
};
const KNOWN = /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/;

const rooted = (name: string) => name.startsWith('/') ? name : `/${name}`;

/** A name without a slash lies directly below `/`. */
export function inPath(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const whole = rooted(name);
  return whole.startsWith(prefix) && whole.length > prefix.length && (recursive || !whole.includes('/', prefix.length));
}

/** All filters together; each matches by one of its values. */
export function filterOf(operation: string, filters: readonly ParameterStringFilter[]): (parameter: Parameter) => boolean {
  const seen = new Set<string>();
  const tests = filters.map((filter) => {
    const { Key = '' } = filter;
    if (!KNOWN.test(Key)) throw constraint('parameterFilters.1.member.key', `satisfy regular expression pattern: ${KNOWN.source}`);
    if (!KEYS[operation]!.test(Key)) throw new ParameterStoreError('InvalidFilterKey', `The filter key ${Key} is not valid for ${operation}.`);
    if (seen.has(Key)) throw new ParameterStoreError('InvalidFilterKey', `The filter key ${Key} is given more than once.`);
    seen.add(Key);
    return testOf(filter);
  });
  return (parameter) => tests.every((test) => test(parameter));
}

function testOf({ Key = '', Option, Values = [] }: ParameterStringFilter): (parameter: Parameter) => boolean {
  checkLength('parameterFilters.1.member.values', Values, Key.startsWith('tag:') ? 0 : 1, VALUES);
  if (Key === 'Path') {
    const option = checkedOption(Key, Option ?? 'OneLevel', ['OneLevel', 'Recursive']);
    for (const path of Values) {
      if (!path.startsWith('/')) throw new ParameterStoreError('InvalidFilterValue', `The path ${path} does not begin with a slash.`);
    }
    return ({ name }) => Values.some((path) => inPath(name, path, option === 'Recursive'));
  }
  if (Key.startsWith('tag:')) {
    checkedOption(Key, Option ?? 'Equals', ['Equals']);
    return ({ tags }) => tags.has(Key.slice(4)) && (Values.length === 0 || Values.includes(tags.get(Key.slice(4))!));
  }
  const option = checkedOption(Key, Option ?? 'Equals', ['Equals', 'BeginsWith', ...(Key === 'Name' ? ['Contains'] : [])]);
  const wanted = new Set(Values);
  return (parameter) => {
    const value = attribute(Key, parameter);
    if (option === 'Equals') return value !== undefined && wanted.has(value);
    return Values.some((each) => option === 'BeginsWith' ? value?.startsWith(each) : value?.includes(each));
  };
}

function attribute(key: string, parameter: Parameter): string | undefined {
  const version = latest(parameter);
  switch (key) {
    case 'Name': return parameter.name;
    case 'Type': return version.type;
    case 'KeyId': return version.keyId;
    case 'Tier': return version.tier;
    default: return version.dataType;
  }
}

function checkedOption(key: string, option: string, allowed: readonly string[]): string {
  if (!allowed.includes(option)) {
    throw new ParameterStoreError('InvalidFilterOption', `The option ${option} is not valid for the filter ${key}: [${allowed.join(', ')}].`);
  }
  return option;
}
