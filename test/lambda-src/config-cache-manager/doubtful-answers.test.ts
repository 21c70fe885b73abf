import type { Outcome, ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet } from '../../../lambda-src/shared/config/parameter-store';
import { ATTEMPT, expectTrue, FAMILIES, LAST_ATTEMPT, Scene, SECOND } from './scene';

let scene: Scene;
beforeEach(() => { scene = new Scene(); });

async function applyAll(events: readonly ParameterEvent[], attempt = ATTEMPT): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const event of events) outcomes.push(await scene.manager.apply(event, attempt));
  return outcomes;
}

describe('what Parameter Store does not show yet', () => {
  test('a put is tried again until it is seen', async () => {
    const thaw = scene.model.freezeReads();
    scene.put('/app/a');
    const [put] = scene.events();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(
      new NotVisibleYet(`/app/a: Parameter Store does not show yet what event ${put.eventId} tells of`));
    expect(scene.table.list()).toEqual([]);
    thaw();
    expect(await applyAll([put])).toEqual(['handled']);
  });

  test('an overwrite is tried again until it is seen, where the event has the version', async () => {
    scene.put('/app/a');
    await applyAll(scene.events());
    scene.now += SECOND;
    const thaw = scene.model.freezeReads();
    scene.put('/app/a');
    const [put] = scene.events();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    thaw();
    expect(await applyAll([put])).toEqual(['handled']);
    expect((await scene.row('/app/a'))?.metadata?.version).toBe(2);
  });

  test('an overwrite is tried again until it is seen, where only its time tells', async () => {
    scene.put('/app/a');
    await applyAll(scene.events(FAMILIES[1]));
    scene.now += 10 * SECOND;
    const thaw = scene.model.freezeReads();
    scene.put('/app/a');
    const [put] = scene.events(FAMILIES[1]);
    expect(put.version).toBeUndefined();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    thaw();
    expect(await applyAll([put])).toEqual(['handled']);
    expect((await scene.row('/app/a'))?.metadata?.version).toBe(2);
  });

  test('a deletion is tried again until it is seen', async () => {
    scene.put('/app/a');
    await applyAll(scene.events());
    scene.now += SECOND;
    const thaw = scene.model.freezeReads();
    scene.delete('/app/a');
    const [deletion] = scene.events();
    await expect(scene.manager.apply(deletion, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    expect((await scene.row('/app/a'))?.state).toBe('ACTIVE');
    thaw();
    expect(await applyAll([deletion])).toEqual(['handled']);
  });

  test('a late deletion with an answer that is late too deletes no name that was just added', async () => {
    scene.put('/app/a');
    scene.now += SECOND;
    scene.delete('/app/a');
    const [, deletion] = scene.events();
    scene.now += SECOND;
    const thaw = scene.model.freezeReads(); // these see no parameter
    scene.put('/app/a');
    await scene.seed({ name: '/app/a', state: 'ACTIVE', metadata: { name: '/app/a', version: 1, lastModified: scene.now, type: 'String' } });
    await expect(scene.manager.apply(deletion, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    expect((await scene.row('/app/a'))?.state).toBe('ACTIVE');
    thaw();
    expect(await scene.manager.apply(deletion, ATTEMPT)).toBe('handled'); // the truth has members that the row of our making has not
    await expectTrue(scene);
  });

  test('a row that has seen something later is not put back', async () => {
    scene.put('/app/a');
    const [first] = scene.events();
    const thaw = scene.model.freezeReads();
    scene.now += SECOND;
    scene.put('/app/a');
    await scene.seed({ name: '/app/a', state: 'ACTIVE', metadata: { name: '/app/a', version: 2, lastModified: scene.now, type: 'String' } });
    await expect(scene.manager.apply(first, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    expect((await scene.row('/app/a'))?.metadata?.version).toBe(2);
    thaw();
  });

  test('a tombstone is not revived by an answer of before', async () => {
    scene.put('/app/a');
    const [put] = scene.events();
    const metadata = await scene.truth('/app/a');
    scene.model.freezeReads();
    scene.delete('/app/a');
    await scene.seed({ name: '/app/a', state: 'DELETED', metadata, expires: 2_000_000_000 });
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    expect((await scene.row('/app/a'))?.state).toBe('DELETED');
  });

  test('at the last attempt it is asked for again after pauses, and then taken for true', async () => {
    scene.put('/app/a');
    const [put] = scene.events();
    await applyAll([put]);
    scene.delete('/app/a');
    scene.events();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    const calls = scene.model.calls.DescribeParameters!;
    expect(await scene.manager.apply(put, LAST_ATTEMPT)).toBe('handled');
    expect(scene.pauses).toEqual([500, 1_500]);
    expect(scene.model.calls.DescribeParameters! - calls).toBe(3);
    expect((await scene.row('/app/a'))?.state).toBe('DELETED');
  });

  test('at the last attempt an answer that comes right after a pause is the one that counts', async () => {
    const thaw = scene.model.freezeReads();
    scene.put('/app/a');
    const [put] = scene.events();
    const manager = scene.managerWith({ pause: () => { thaw(); return Promise.resolve(); } });
    expect(await manager.apply(put, LAST_ATTEMPT)).toBe('handled');
    await expectTrue(scene);
  });
});
