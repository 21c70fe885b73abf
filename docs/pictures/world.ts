/* A simulated footprint to take pictures of: prints the environment that a command finds it by, and stays until it is ended. */
import { rmSync } from 'node:fs';
import { startConfigWorld } from '../../test/cli/config/world';

const FILLER = ['api', 'billing', 'checkout', 'mail', 'search', 'shop'];

async function main(): Promise<void> {
  const world = await startConfigWorld();
  const secret = { Type: 'SecureString' };
  await world.put('/shared/db/host', 'db-1.internal');
  for (const service of FILLER) {
    await world.put(`/app/${service}/db/host`, 'db-1.internal');
    await world.put(`/app/${service}/db/password`, 'not a password', secret);
    await world.put(`/app/${service}/db/user`, service);
    await world.put(`/app/${service}/feature/new-checkout`, 'off');
    await world.put(`/app/${service}/log-level`, 'info');
  }
  const { time } = world;
  await world.put('/app/checkout/log-level', 'debug');
  await world.put('/app/checkout/db/host', 'db-2.internal');
  await world.put('/app/checkout/db/password', 'nor this one', secret);
  await world.put('/app/checkout/feature/express', 'on');
  await world.remove('/app/checkout/db/user');
  process.stdout.write(`${JSON.stringify({ ...world.env, TIME: `${new Date(time).toISOString().slice(0, 19)}Z` })}\n`);
  process.on('SIGTERM', () => {
    rmSync(world.home, { recursive: true, force: true, maxRetries: 5 });
    process.exit();
  });
}

void main();
