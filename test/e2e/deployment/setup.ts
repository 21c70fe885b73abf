import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, VENV } from './places';
import { SCREEN_PROGRAMS } from './kit/screen';
import { RADOSGW_PROGRAMS } from './servers/radosgw';
import { REDIS_PROGRAMS } from './servers/redis';
import { CHROMIUM_PROGRAMS } from '../../support/chromium';
import { note } from '../checks';
import { run, which } from '../processes';
import { findPython, virtualEnvironment } from '../python';

const APT_LIMIT = 1_200_000; // milliseconds: ended in the middle, it would leave packages half unpacked

/**
 * Installs what the leg needs: Python packages in the checkout, servers by apt where they are missing and this is root.
 *
 * @returns the path of the Python that runs the emulator
 */
export async function setup(): Promise<string> {
  if (!existsSync(join(ROOT, 'node_modules/aws-cdk'))) throw new Error('node_modules has no aws-cdk: run npm ci first');
  const python = await findPython();
  note(`Python ${python.version}, Node ${process.version}`);
  await installServers();
  return virtualEnvironment({ python, folder: VENV, requirements: join(__dirname, 'requirements.txt'), note });
}

async function installServers(): Promise<void> {
  const programs = { ...REDIS_PROGRAMS, ...RADOSGW_PROGRAMS, ...SCREEN_PROGRAMS, ...(which('google-chrome') === undefined && CHROMIUM_PROGRAMS) };
  const packages = Object.entries(programs).filter(([, needed]) => !needed.every(which)).map(([name]) => name);
  if (packages.length === 0) {
    note('redis-server, radosgw, tmux and Chromium are there');
    return;
  }
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !which('apt-get')) {
    throw new Error(`not installed: ${packages.join(', ')}. On Debian and Ubuntu, as root: ${command}`);
  }
  const start = performance.now();
  note(`${command} …`);
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, limit: APT_LIMIT, outlives: true };
  await run('apt-get', ['update'], options);
  await run('apt-get', command.split(' ').slice(1), options);
  note(`installed in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
