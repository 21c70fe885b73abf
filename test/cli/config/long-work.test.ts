import { startConfigWorld } from './world';

test('a terminal sees how far a deletion and a full read have come', async () => {
  const world = await startConfigWorld();
  try {
    for (const name of ['/app/many/a', '/app/many/b', '/app/z']) await world.put(name, 'v');
    const atTerminal = { keys: '' };
    expect((await world.config(['sync'], atTerminal)).stderr).not.toContain(' of '); // how many there are is not known yet
    expect((await world.config(['sync', '--full'], atTerminal)).stderr).toContain(' of 3 names');
    expect((await world.config(['delete', '--path', '/app/many', '--yes'], atTerminal)).stderr).toContain('delete: 2 of 2 parameters');
  } finally {
    await world.close();
  }
});
