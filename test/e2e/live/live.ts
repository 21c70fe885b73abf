import { checkSeveralProcesses } from './several-processes';
import { World } from './world';
import { check } from '../checks';

/** @param folder where radosgw keeps what it needs */
export async function checkLiveProcesses(folder: string): Promise<void> {
  const world = await check('live client: redis-server and radosgw of its own', () => World.start(folder));
  if (world === undefined) return;
  await checkSeveralProcesses(world, (name, body) => check(`live client: ${name}`, body));
  await check('live client: all of them end', () => world.close());
}
