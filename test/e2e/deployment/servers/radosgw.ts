import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess, type RunningServer } from './running-server';

/** The user that it is started with. */
export const RADOSGW_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test12345678' } as const;

/** Programs that it needs, by the Debian package that has them. */
export const RADOSGW_PROGRAMS = {
  radosgw: ['radosgw', 'radosgw-admin'], 'ceph-mon': ['ceph-mon', 'monmaptool'], 'ceph-osd': ['ceph-osd'], 'ceph-common': ['ceph', 'ceph-authtool'],
  'util-linux': ['setpriv'],
} as const;

/** Ceph's S3 gateway. It takes `port`, the one after it, and eight from 6800 up. */
export async function startRadosgw(options: { readonly folder: string; readonly port: number }): Promise<RunningServer> {
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
  return {
    name: 'radosgw', endpoint: `http://127.0.0.1:${port}`, log, pids: [script.pid, ...daemons], get end() { return script.end; },
    stop: () => script.stop(daemons),
  };
}
