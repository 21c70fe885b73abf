import { configAccess } from '../../harness/config-access.mjs';

/** @returns how many parameters are to be written, and how many to be removed */
export const using = ({ PointInTimeRestore }) => async ({ folder, endpoint, prefix, time }) => {
  const restore = new PointInTimeRestore(configAccess(folder, endpoint));
  const { steps } = await restore.plan({ prefix, time, removeLater: true });
  const counts = { put: 0, delete: 0, label: 0, skip: 0 };
  for await (const { action } of steps) counts[action]++;
  return counts;
};
