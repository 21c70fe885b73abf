import { measureFolders } from '../harness/task-claims.mjs';
import { SMALL } from '../harness/task-folders.mjs';

/** An output folder of many small results, as a workflow leaves it, where each answer takes 15 ms. */
export const run = (context) => measureFolders('tasks-small-15ms', SMALL, 15, context);
