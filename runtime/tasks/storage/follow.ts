import type { Manifest } from '../manifest/shapes.js';
import { following } from '../manifest/following.js';
import type { Place } from './place.js';

/**
 * Brings a local place up to what was cleared and invalidated in a remote one. Costs a write where there was something, and otherwise nothing. Where
 * the remote one cannot be asked, the local one stays as it is; where it has to change and may not, or cannot, it is not used.
 *
 * @throws TaskError `E_TASK_STORE` in strict mode; the signal's reason
 */
export async function follow(local: Place, remote: Place, signal?: AbortSignal): Promise<void> {
  if (!local.isUp || !remote.isUp) return;
  const { followed } = local.manifest.current;
  if ((followed.get(remote.name) ?? 0) > remote.manifest.current.revision) await remote.refresh(signal); // another process has read a newer one
  if (!remote.isUp) return;
  const change = (manifest: Manifest) => following(manifest, remote.name, remote.manifest.current);
  if (change(local.manifest.current) === local.manifest.current) return;
  if (local.writes) await local.attempt('follow', () => local.manifest.update(change, signal), signal);
  else local.leave(`it does not have what was invalidated in ${remote.name}, and is not to be written`);
}
