import { InvalidArgumentError, show } from '../../errors.js';

/** What a caller names: a parameter, or a version of it. */
export interface Reference {
  /** As it was given. It is the key in memory. */
  readonly given: string;
  /** Name or ARN, without version and label. */
  readonly base: string;
  /** The parameter's name, of an ARN too. */
  readonly name: string;
  /** Version or label. */
  readonly selector?: string;
  /** A version is named: its value never changes. */
  readonly pinned: boolean;
}

const ARN = /^(arn:[^:]+:ssm:[^:]*:[^:]*:parameter(\/[^:]+))(?::(.+))?$/;
/** Parameter Store judges names; this only keeps out what can be none. */
const NAME = /^([^:\s]{1,1011})(?::([^:\s]{1,100}))?$/;

/**
 * @param given `/app/db`, `/app/db:3`, `/app/db:label`, or an ARN with or without one of these
 * @throws InvalidArgumentError `E_CONFIG_NAME`
 */
export function referenceOf(given: unknown): Reference {
  const arn = typeof given === 'string' ? ARN.exec(given) : null;
  const name = typeof given === 'string' && arn === null && !given.startsWith('arn:') ? NAME.exec(given) : null;
  const [base, path, selector] = arn !== null ? [arn[1], arn[2], arn[3]] : [name?.[1], name?.[1], name?.[2]];
  if (base === undefined || path === undefined) {
    throw new InvalidArgumentError('E_CONFIG_NAME',
      `name must be a parameter's name or ARN, such as "/app/db/url", "/app/db/url:3" or "/app/db/url:label", got ${show(given)}`);
  }
  return {
    given: given as string, base, name: path, pinned: selector !== undefined && /^\d+$/.test(selector), ...(selector === undefined ? {} : { selector }),
  };
}

/**
 * The name of a parameter that is written: without version and label.
 *
 * @throws InvalidArgumentError `E_CONFIG_NAME`
 */
export function writableName(given: unknown): string {
  const { base, name, selector } = referenceOf(given);
  if (selector === undefined && base === name) return name;
  throw new InvalidArgumentError('E_CONFIG_NAME', `name must be a parameter's name without version or label, and no ARN, got ${show(given)}`);
}

/**
 * A path without a slash at its end; `/` is that of all parameters.
 *
 * @throws InvalidArgumentError `E_CONFIG_PATH`
 */
export function pathOf(given: unknown): string {
  if (typeof given !== 'string' || !/^\/[^:\s]*$/.test(given)) {
    throw new InvalidArgumentError('E_CONFIG_PATH', `path must begin with a slash, such as "/app", got ${show(given)}`);
  }
  return given.replace(/(?<=.)\/+$/, '');
}

/** Whether a name lies below a path: `/app` has `/app/db` and not `/apple`. */
export function isBelow(name: string, path: string, recursive: boolean): boolean {
  const prefix = path === '/' ? '/' : `${path}/`;
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'));
}
