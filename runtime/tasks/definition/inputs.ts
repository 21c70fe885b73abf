import { show } from '../../errors.js';
import { invalid, reasonOf } from '../errors.js';
import { pathMatcher } from '../files/glob.js';
import type { DataInput, FilesInput } from './shapes.js';

/**
 * Files as an input: their relative paths, contents, and whether they can be executed.
 *
 * @param patterns relative to the runner's `root`, with `/`: `*` within a name, `**` for folders. One without either names a file that must be
 * there; one with either may match nothing, which is a value like others
 * @throws InvalidArgumentError if one is no such pattern
 */
export function files(...patterns: string[]): FilesInput {
  if (patterns.length === 0) throw invalid('files must be given one pattern at least: files(\'templates/*.yaml\')', 'E_TASK_DEFINITION');
  const absolute = patterns.find((pattern) => /^[A-Za-z]:|\0/.test(pattern));
  if (absolute !== undefined) throw invalid(`files must be relative paths, got ${show(absolute)}`, 'E_TASK_DEFINITION');
  try {
    pathMatcher(patterns, 'files');
  } catch (error) {
    throw invalid(reasonOf(error), 'E_TASK_DEFINITION');
  }
  return Object.freeze({ kind: 'files', patterns: Object.freeze([...patterns]) });
}

/** Any data as an input. It is read when the key is made. @param value structured-cloneable: checked when the key is made */
export function data(value: unknown): DataInput {
  return Object.freeze({ kind: 'data', value });
}
