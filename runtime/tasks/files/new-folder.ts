import type { LinkEntry } from '../content/shapes.js';
import { attempt, errnoOf, filesError } from './errors.js';
import { lookAt, modeOf, quietly, Turns, type FileSystem } from './file-system.js';
import type { RestorePlan } from './restore-plan.js';

/** Another folder is there meanwhile, or this one cannot be moved as a whole. */
const NOT_MOVED: readonly (string | undefined)[] = ['ENOTEMPTY', 'EEXIST', 'EXDEV', 'EBUSY', 'EPERM', 'EACCES', 'EINVAL'];

/** Makes all folders of a plan. @param place where, nothing is there yet @param root for messages */
export async function writeNewFolder(place: string, { kinds }: RestorePlan, root: string, fileSystem: FileSystem): Promise<void> {
  const turns = new Turns(500);
  attempt('make the folder', root, () => fileSystem.mkdirSync(place));
  for (const [path, kind] of kinds) {
    if (kind !== 'folder') continue;
    attempt('make the folder', `${root}/${path}`, () => fileSystem.mkdirSync(`${place}/${path}`));
    await turns.step();
  }
}

/**
 * Makes the links of a new folder, now that nothing is written below it any more, and gives it its name.
 *
 * @param root where nothing was, or an empty folder
 * @returns false if it cannot be moved there
 * @throws TaskError `E_TASK_FILES`
 */
export function moveNewFolder(place: string, root: string, links: readonly LinkEntry[], fileSystem: FileSystem): boolean {
  for (const { path, target } of links) {
    attempt('make the link', `${root}/${path}`, () => fileSystem.symlinkSync(target, `${place}/${path}`));
  }
  try {
    const stat = lookAt(root, fileSystem);
    if (stat !== undefined && process.platform !== 'win32') fileSystem.chmodSync(place, modeOf(stat));
    if (stat !== undefined && process.platform === 'win32') quietly(() => fileSystem.rmdirSync(root)); // there, it is not replaced
    fileSystem.renameSync(place, root);
    return true;
  } catch (error) {
    if (NOT_MOVED.includes(errnoOf(error))) return false;
    throw filesError('write', root, error);
  }
}
