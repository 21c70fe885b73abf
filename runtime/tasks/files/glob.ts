import { isPattern, matchesName } from '../../../lib/contract/tasks.js';
import { show } from '../../errors.js';
import { invalid } from '../errors.js';

/** What Luigi leaves of a file that it was writing when it was killed. */
export const LUIGI_TEMPORARY = '*-luigi-tmp-*';

/**
 * Whether a relative path is what one of the patterns says: `*` stands for any characters within a name, `**` for any number of folders. All other
 * characters stand for themselves. Names that begin with a dot are names like any other.
 *
 * @param option what the patterns are called, in the message of an error
 * @throws InvalidArgumentError if a pattern is none
 */
export function pathMatcher(patterns: readonly string[], option = 'patterns'): (path: string) => boolean {
  const compiled = patterns.map((pattern) => partsOf(pattern, option));
  return (path) => {
    const names = path.split('/');
    return compiled.some((parts) => matchesParts(parts, names));
  };
}

/**
 * Whether a path, or a folder that it is in, is one to be ignored. A pattern without `/` is for names, wherever they are; one that begins
 * with `/` is for those at the top only.
 *
 * @throws InvalidArgumentError if a pattern is none
 */
export function ignoreMatcher(patterns: readonly string[], option = 'ignore'): (path: string) => boolean {
  const named = patterns.filter((pattern) => !pattern.includes('/'));
  named.forEach((pattern) => partsOf(pattern, option));
  const placed = patterns.filter((pattern) => pattern.includes('/')).map((pattern) => partsOf(pattern.replace(/^\//, ''), option));
  return (path) => {
    const names = path.split('/');
    return names.some((name) => named.some((pattern) => matchesName(pattern, name)))
      || placed.some((parts) => names.some((_, last) => matchesParts(parts, names.slice(0, last + 1))));
  };
}

/** The folder that all a pattern stands for is in: `a/b` of `a/b/*.txt`, an empty text if that is the root. */
export function folderOf(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex(isPattern);
  return parts.slice(0, first < 0 ? -1 : first).join('/');
}

function partsOf(pattern: string, option: string): string[] {
  const parts = typeof pattern === 'string' ? pattern.split('/') : [];
  const wrong = parts.length === 0 || parts.some((part) => part === '' || part === '.' || part === '..' || (part !== '**' && part.includes('**')));
  if (wrong || pattern.includes('\\')) {
    throw invalid(`${option} must be relative paths such as 'reports/*.json' or 'reports/**', with / between names, got ${show(pattern)}`);
  }
  // At the end, `**` is for what is in the folder, not for the folder itself.
  return parts.at(-1) === '**' ? [...parts, '*'] : parts;
}

/** Takes at most as long as both are multiplied: of several `**`, only the last one is ever tried again. */
function matchesParts(parts: readonly string[], names: readonly string[]): boolean {
  let part = 0;
  let again = -1;
  for (let name = 0, from = 0; name < names.length;) {
    if (parts[part] === '**') {
      again = ++part;
      from = name;
    } else if (part < parts.length && matchesName(parts[part], names[name])) {
      part++;
      name++;
    } else if (again >= 0) {
      part = again;
      name = ++from;
    } else {
      return false;
    }
  }
  while (parts[part] === '**') part++;
  return part === parts.length;
}
