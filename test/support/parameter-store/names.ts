import { checkLength, invalid, ParameterStoreError } from './errors';

/** Where the parameters are. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

const LEVELS = 15;
const LENGTH = 1011;

/** `/a` and `a` have one and the same ARN; so AWS says that they are not unique, and who has the one cannot create the other. */
export function arnOf({ account, region }: Place, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
}

/** The rules for the name of a parameter that is written. AWS counts its ARN's beginning in the length. */
export function checkNewName(place: Place, name: string): void {
  checkLength('name', name, 1, LENGTH - arnOf(place, '').length + 1);
  const levels = name.split('/').slice(name.startsWith('/') ? 1 : 0);
  const [first = ''] = levels;
  if (/^aws$/i.test(first) && levels.length > 1) throw new ParameterStoreError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  if (/^(aws|ssm)/i.test(first)) throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  if (levels.length > 1 && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  if (!levels.every((level) => /^[a-zA-Z0-9_.-]+$/.test(level))) {
    throw invalid('Parameter name: can consist of letters, digits and ".-_", as sub-paths divided by slashes.');
  }
  if (levels.length > LEVELS) {
    throw new ParameterStoreError('HierarchyLevelLimitExceededException', `Hierarchies have at most ${LEVELS} levels.`);
  }
}

/** What a call that reads may be given for a name: a name or ARN, and after a colon a version or label. */
export interface Reference {
  readonly names: readonly string[];
  readonly selector?: string;
}

/** An ARN may mean either of two names, as it has no place for a missing first slash. */
export function referenceOf(place: Place, given: string): Reference {
  const text = given.trim();
  const arn = /^arn:aws[a-z-]*:ssm:([^:]*):([^:]*):parameter\/([^:]+)(?::(.+))?$/.exec(text);
  if (arn !== null) {
    const [, region, account, name, selector] = arn;
    // How AWS refuses an ARN of another account that shares nothing is not known.
    const names = region === place.region && account === place.account ? [`/${name}`, name!] : [];
    return { names, selector };
  }
  const [name, selector] = text.split(/:(.*)/s, 2) as [string, string?];
  return { names: [name], selector };
}
