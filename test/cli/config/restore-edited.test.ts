import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
beforeEach(async () => { world = await startConfigWorld(); });
afterEach(() => world.close());

/** A question that is seen by somebody else as well. */
class Seen extends RegExp {
  constructor(question: string, private readonly whenAsked: () => void) { super(question); }

  override test(text: string): boolean {
    const isAsked = new RegExp(this.source).test(text);
    if (isAsked) this.whenAsked();
    return isAsked;
  }
}

test('a plan that was put in while its reader was asked is not carried out', async () => {
  await world.put('/app/a', 'one');
  await world.put('/app/b', 'one');
  const then = new Date(world.time).toISOString();
  await world.put('/app/a', 'two');
  await world.put('/app/b', 'two');
  const file = join(world.home, 'plan.ndjson');
  const other = join(world.home, 'other.ndjson');
  expect((await world.config(['restore', '/app/a', '--time', then, '--plan', file])).code).toBe(0);
  expect((await world.config(['restore', '/app/b', '--time', then, '--plan', other])).code).toBe(0);

  const asked = new Seen('\\?.*\\(y/N\\)', () => writeFileSync(file, readFileSync(other)));
  const { code, stderr } = await world.config(['restore', '--apply', file], { answers: [[asked, 'y\n']] });
  expect(code).not.toBe(0);
  expect(stderr).toContain(`the restore plan '${file}' has changed since it was read and shown`);
  expect([await world.value('/app/a'), await world.value('/app/b')]).toEqual(['two', 'two']);
});
