import { InvalidEvent } from './invalid-event';

/** Of the whole name, by Parameter Store's limit. */
const MAX_NAME_LENGTH = 1_011;

/** The characters that Parameter Store takes. Others, such as `#`, begin rows that are no parameters' in our tables. */
const NAME = /^\/?[\w.-]+(?:\/[\w.-]+)*$/;
const ARN = /^arn:[\w-]+:ssm:([\w-]*):(\d*):parameter\/(.+)$/;

/** What a name may be as long as in an event, with an ARN's prefix. */
export const MAX_EVENT_NAME_LENGTH = 2_048;

/** Where the handler runs, as far as it knows. */
export interface Home {
  readonly account?: string;
  readonly region?: string;
}

/** Of a function by its ARN, `arn:aws:lambda:<region>:<account>:function:<name>`. */
export function homeOf({ invokedFunctionArn = '' }: { readonly invokedFunctionArn?: string }): Home {
  const [, , , region, account] = invokedFunctionArn.split(':');
  return { region, account };
}

/** Whether both are known and not the same. */
export function differs(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one !== '' && other !== undefined && other !== '' && one !== other;
}

/** Whether it can be the name or the ARN of a parameter of any account and Region. */
export function isName(text: string): boolean {
  try {
    return !/\p{Cc}/u.test(text) && parameterName(text, '', {}) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The name as Parameter Store has it, of what an event calls a parameter. Undefined: the parameter is another account's or Region's.
 *
 * The service takes spaces away from both ends of a name, and an event has the name as it was sent.
 * A name in a hierarchy begins with a slash, so one that does not has lost it. One without any slash may be the whole name and stays.
 * An ARN has no place for the first slash: it is read as one.
 */
export function parameterName(sent: string, path: string, home: Home): string | undefined {
  const text = sent.trim();
  const [, region, account, rest] = ARN.exec(text) ?? [];
  if (rest === undefined && text.startsWith('arn:')) throw new InvalidEvent(`${path} must be a parameter's name or ARN, not another ARN`);
  const name = rest !== undefined || text.indexOf('/') > 0 ? `/${rest ?? text}` : text;
  if (name.length > MAX_NAME_LENGTH) throw new InvalidEvent(`${path} must have at most ${MAX_NAME_LENGTH} characters, not ${name.length}`);
  if (!NAME.test(name)) throw new InvalidEvent(`${path} must be a name of letters, digits, '.', '-', '_' and '/'`);
  return differs(region, home.region) || differs(account, home.account) ? undefined : name;
}
