/* A live cache to take pictures of: prints the environment that a command finds it by, and stays until it is ended. */
import { startWorld } from '../../test/cli/live/world';

async function main(): Promise<void> {
  const world = await startWorld();
  const sizes = [[3000], [262_144, 1_048_576, 700_000], [262_144, 90_000], [5200], [262_144, 1_048_576, 4_194_304]];
  for (const [i, segments] of sizes.entries()) await world.writer.store({ scope: i % 2 ? 'acme' : 'initech', key: i, tags: ['orders'] }, segments);
  process.stdout.write(`${JSON.stringify(world.env)}\n`);
  process.on('SIGTERM', () => void world.close().finally(() => process.exit()));
}

void main();
