import { collectPlan, type RestorePlan, type RestoreStep } from '../../../../runtime/config/restore/plan';
import { applied, RestoreWorld } from './world';

let world: RestoreWorld;
afterEach(() => world.close());

type Collected = RestorePlan & { readonly steps: readonly RestoreStep[] };

async function edited(query: object, edit: (plan: Collected) => Collected) {
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/', time: world.time, ...query })) as Collected;
  return applied(restore, edit(plan));
}

test('an edited plan does nothing outside of what its header says', async () => {
  world = await RestoreWorld.open();
  const { time } = world;
  await world.put('/app/later', 'keep');
  await world.put('/shared/later', 'keep');
  const deleting = (plan: Collected): Collected => ({ ...plan, steps: plan.steps.map((step) => ({ ...step, action: 'delete' })) });
  expect(await edited({ time }, deleting)).toMatchObject([{ status: 'failed', code: 'E_CONFIG_RESTORE_PLACE' }, { status: 'failed' }]);
  const below = (plan: Collected): Collected => ({ ...plan, header: { ...plan.header, query: { prefix: '/shared', time, removeLater: true } } });
  expect(await edited({ time, removeLater: true }, below)).toMatchObject([
    { name: '/app/later', status: 'failed', code: 'E_CONFIG_RESTORE_PLACE' }, { name: '/shared/later', status: 'done' },
  ]);
  expect(world.latest('/app/later')).toMatchObject({ Value: 'keep' });
});

test.each([['its type', { type: 'String' }], ['its key', { keyId: 'arn:aws:kms:us-east-1:999999999999:key/theirs' }]])(
  'an edited plan does not write a secret with %s changed', async (_, change) => {
    world = await RestoreWorld.open({ typeChange: 'allowed' });
    await world.put('/app/secret', 'one', { Type: 'SecureString' });
    const { time } = world;
    await world.put('/app/secret', 'two', { Type: 'SecureString' });
    const outcomes = await edited({ time }, (plan) => (
      { ...plan, steps: plan.steps.map((step) => ({ ...step, wanted: step.wanted && { ...step.wanted, ...change } })) }));
    expect(outcomes).toMatchObject([{ status: 'failed', code: 'E_CONFIG_RESTORE_VALUE' }]);
    expect(world.latest('/app/secret')).toMatchObject({ Type: 'SecureString', Version: 2 });
  });
