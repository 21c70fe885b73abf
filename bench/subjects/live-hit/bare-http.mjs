import { takeNode } from '../../harness/take.mjs';
import { openBareS3 } from '../live-bare-s3.mjs';

export function open({ access }) {
  const { get } = openBareS3(access);
  return async (mb, onFirst) => takeNode(await get(`bare-${mb}`), onFirst);
}
