/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or what may become one. */
export const isText = (value: unknown): boolean => typeof value === 'string' || isObject(value);

/** `Ref: AWS::NoValue` removes what it stands for, here as in a deployment. */
export const isAbsent = (value: unknown): boolean => value === undefined || (isObject(value) && value.Ref === 'AWS::NoValue');

/**
 * A value of a template as one text: literals as they are, what a deployment fills in as Fn::Sub would write it, and whatever has no
 * such form as JSON with its keys in order.
 */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  return intrinsic(value) ?? JSON.stringify(ordered(value));
}

/** The same value, of which only intrinsic functions have become texts. */
export function readableWithin(value: unknown): unknown {
  const text = intrinsic(value);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return value.filter((item) => !isAbsent(item)).map(readableWithin);
  if (!isObject(value)) return value;
  if (isFunction(value)) return readable(value);
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isAbsent(item)).map(([key, item]) => [key, readableWithin(item)]));
}

/** @returns undefined if it is none, or one that has no form as a text */
function intrinsic(value: unknown): string | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const [[name, argument]] = Object.entries(value);
  switch (name) {
    case 'Ref': return typeof argument === 'string' ? `\${${argument}}` : undefined;
    case 'Fn::GetAtt': return getAtt(argument);
    case 'Fn::Join': return join(argument);
    case 'Fn::Sub': return substitute(argument);
    case 'Fn::ImportValue': return `\${Fn::ImportValue(${readable(argument)})}`;
    default: return undefined;
  }
}

function getAtt(argument: unknown): string | undefined {
  if (typeof argument === 'string') return `\${${argument}}`;
  return Array.isArray(argument) && argument.length === 2 ? `\${${argument.map(readable).join('.')}}` : undefined;
}

function join(argument: unknown): string | undefined {
  const [separator, parts] = Array.isArray(argument) ? argument as unknown[] : [];
  return typeof separator === 'string' && Array.isArray(parts)
    ? parts.filter((part) => !isAbsent(part)).map(readable).join(separator)
    : undefined;
}

function substitute(argument: unknown): string | undefined {
  const [text, variables] = Array.isArray(argument) ? argument as unknown[] : [argument];
  if (typeof text !== 'string') return undefined;
  // ${!name} is a literal ${name}: a variable of the policy's own
  return text.replace(/\$\{(!?)([^}]*)\}/g, (whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    return isObject(variables) && Object.hasOwn(variables, name) ? readable(variables[name]) : whole;
  });
}

const isFunction = (value: Json): boolean => Object.keys(value).length === 1 && Object.keys(value)[0].startsWith('Fn::');

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}
