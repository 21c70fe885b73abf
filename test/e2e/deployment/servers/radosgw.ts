import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { needBinaries, ServerProcess, type RunningServer } from './running-server';

/** The user that it is started with. */
export const RADOSGW_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test12345678' } as const;

const BINARIES = ['bash', 'setpriv', 'ceph', 'ceph-authtool', 'monmaptool', 'ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'];
const INSTALL = '--no-install-recommends radosgw ceph-mon ceph-osd ceph-common';

/** Ceph's S3 gateway. It takes `port`, the one after it, and eight from 6800 up. */
export async function startRadosgw(options: { readonly folder: string; readonly port: number }): Promise<RunningServer> {
  needBinaries('radosgw', BINARIES, INSTALL);
  const { folder, port } = options;
  mkdirSync(folder, { recursive: true });
  const [log, pidFile] = [join(folder, 'radosgw.log'), join(folder, 'pids')];
  rmSync(pidFile, { force: true }); // another run's, of a folder used before
  const { accessKeyId, secretAccessKey } = RADOSGW_CREDENTIALS;
  const script = new ServerProcess({
    name: 'radosgw', command: 'bash', args: [join(__dirname, 'radosgw.sh'), folder, String(port), accessKeyId, secretAccessKey], log,
    whenOrphaned: 'TERM', // it then ends its daemons
  });
  await script.ready(() => existsSync(pidFile), 60);
  const daemons = readFileSync(pidFile, 'utf8').trim().split(' ').map(Number);
  let stopping: Promise<void> | undefined;
  return { name: 'radosgw', endpoint: `http://127.0.0.1:${port}`, log, pids: [script.pid, ...daemons], stop: () => stopping ??= script.stop(daemons) };
}
