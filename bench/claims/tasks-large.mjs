import { measureFolders } from '../harness/task-claims.mjs';
import { LARGE } from '../harness/task-folders.mjs';

/** A folder of large files, as a build leaves it. */
export const run = (context) => measureFolders('tasks-large', LARGE, context);
