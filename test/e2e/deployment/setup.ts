import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, VENV } from './places';
import { which } from './servers/running-server';
import { note, run } from '../checks';
import { findPython, virtualEnvironment } from '../python';

/** What is run beside the emulator, by the Debian package that has it. */
const SERVERS = {
  'redis-server': ['redis-server'],
  radosgw: ['radosgw'],
  'ceph-mon': ['ceph-mon', 'monmaptool'],
  'ceph-osd': ['ceph-osd'],
  'ceph-common': ['ceph', 'ceph-authtool'],
} as const;

/**
 * Installs what the leg needs: Python packages in the checkout, servers by apt where they are missing and this is root.
 *
 * @returns the path of the Python that runs the emulator
 */
export async function setup(): Promise<string> {
  if (!existsSync(join(ROOT, 'node_modules/aws-cdk'))) throw new Error('node_modules has no aws-cdk: run npm ci first');
  const python = await findPython();
  note(`Python ${python.split(' ')[0]}, Node ${process.version}`);
  await installServers();
  return virtualEnvironment({ python, folder: VENV, requirements: join(__dirname, 'requirements.txt'), note });
}

async function installServers(): Promise<void> {
  const packages = Object.entries(SERVERS).filter(([, programs]) => !programs.every(which)).map(([name]) => name);
  if (packages.length === 0) {
    note('redis-server and radosgw are there');
    return;
  }
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !which('apt-get')) {
    throw new Error(`not installed: ${packages.join(', ')}. On Debian and Ubuntu, as root: ${command}`);
  }
  const start = performance.now();
  note(`${command} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', command.split(' ').slice(1), { env });
  note(`installed in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
