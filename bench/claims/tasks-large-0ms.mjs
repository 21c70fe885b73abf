import { measureFolders } from '../harness/task-claims.mjs';
import { LARGE } from '../harness/task-folders.mjs';

/** A folder of large files, as a build leaves it, where answers come at once. */
export const run = (context) => measureFolders('tasks-large-0ms', LARGE, 0, context);
