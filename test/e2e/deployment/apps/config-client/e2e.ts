// People with roles and the config client: what one writes another sees, what was done is told, what was is restored.
import { emptyQueues, type E2e } from '../../kit';
import { browse } from './browse';
import { commands } from './commands';
import { log } from './log';
import { names } from './names';
import { rebuild } from './rebuild';
import { refusals } from './refusals';
import { restore } from './restore';
import { sharing } from './rules';
import { secrecy } from './secrecy';
import { worldOf } from './world';

export { notShown, retained, unused } from './lists';

export async function drive(e2e: E2e): Promise<void> {
  const world = await worldOf(e2e);
  await names(world);
  await commands(world);
  await log(world);
  await restore(world);
  await sharing(world);
  await refusals(world);
  await browse(world);
  await e2e.check('all messages have been handled, and none is a dead letter', () => emptyQueues(e2e));
  await rebuild(world);
  await secrecy(world);
}
