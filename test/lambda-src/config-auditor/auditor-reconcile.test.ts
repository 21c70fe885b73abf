import { ALICE, World } from './world';
import { CONFIG_RECORD_ID } from '../../../lib/contract/config';
import type { AuditLog } from '../../../lambda-src/shared/config/audit-log';
import { ParameterStoreError } from '../../support/parameter-store';

const NAME = '/app/db';
const MINUTE = 60_000;

describe('reconcile', () => {
  test('records what no event told, also what was there before the log', async () => {
    const world = new World();
    world.put(NAME, 'one', { by: ALICE });
    world.put(NAME, 'two', { after: MINUTE });
    world.put('/app/other', 'x');
    expect(await world.walk()).toEqual({ found: 3, repaired: 3 });
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
    expect(world.log.all(NAME)[0]).toMatchObject({ source: 'history', user: ALICE.arn });
    expect(await world.walk()).toEqual({ found: 0, repaired: 0 });
  });

  test('asks for the history of nobody whose newest version is recorded', async () => {
    const world = new World();
    for (let i = 0; i < 10; i += 1) world.put(`/app/${i}`, 'x');
    await world.walk();
    const { calls } = world.model;
    const before = calls.GetParameterHistory;
    await world.walk();
    expect(calls.GetParameterHistory).toBe(before);
  });

  test('an event that comes after it changes nothing', async () => {
    const world = new World();
    const event = world.put(NAME, 'one');
    await world.walk();
    expect(await world.handle(event)).toEqual(['duplicate']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one']);
  });

  test('concludes the deletion of a parameter that was created anew: it happened in between', async () => {
    const world = new World();
    const created = world.time;
    await world.handle(world.put(NAME, 'one'));
    world.delete(NAME, { after: MINUTE });
    world.put(NAME, 'two', { after: MINUTE });
    expect(await world.walk()).toEqual({ found: 2, repaired: 2 });
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter concluded', 'PutParameter 1 two']);
    expect(world.log.all(NAME)[1]).toMatchObject({
      recordId: CONFIG_RECORD_ID.impliedDelete(CONFIG_RECORD_ID.put(created, 1)), source: 'reconciler', notBefore: created, time: world.time - 1,
    });
  });

  test('concludes it, too, of a new parameter whose first versions are kept no more', async () => {
    const world = new World();
    for (let i = 1; i <= 60; i += 1) world.put(NAME, `old ${i}`, { after: MINUTE });
    await world.walk();
    world.delete(NAME, { after: MINUTE });
    for (let i = 1; i <= 150; i += 1) world.put(NAME, `new ${i}`, { after: MINUTE });
    await world.walk();
    const lines = world.lines(NAME);
    expect(lines.slice(59, 62)).toEqual(['PutParameter 60 old 60', 'DeleteParameter concluded', 'PutParameter 51 new 51']);
    expect(lines).toHaveLength(60 + 1 + 100);
  });

  test('concludes none of a parameter that has had more than 100 versions since', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'v1'));
    for (let i = 2; i <= 150; i += 1) world.put(NAME, `v${i}`, { after: MINUTE });
    await world.walk();
    expect(world.lines(NAME).slice(0, 2)).toEqual(['PutParameter 1 v1', 'PutParameter 51 v51']);
  });

  test('who fails keeps nobody else from being recorded', async () => {
    const world = new World();
    for (const name of ['/app/a', '/app/b', '/app/c']) world.put(name, 'x');
    world.model.intercept({
      before: ({ operation, input }) => {
        if (operation !== 'GetParameterHistory' || !('Name' in input) || input.Name !== '/app/b') return;
        throw new ParameterStoreError('AccessDeniedException', 'no');
      },
    });
    await expect(world.walk()).rejects.toThrow('no');
    expect(['/app/a', '/app/b', '/app/c'].map((name) => world.lines(name).length)).toEqual([1, 0, 1]);
  });

  test('a parameter that is deleted meanwhile is no drift', async () => {
    const world = new World();
    world.put(NAME, 'one');
    const parameters = await world.parameters();
    world.delete(NAME);
    expect(await world.auditor.reconcile(parameters)).toEqual({ found: 0, repaired: 0 });
  });
});

describe('reconcileGone', () => {
  test('concludes a deletion that no event told, once', async () => {
    const world = new World();
    const created = world.time;
    await world.handle(world.put(NAME, 'one'));
    world.delete(NAME, { after: MINUTE });
    expect(await world.auditor.reconcileGone([NAME, '/app/never'])).toEqual({ found: 1, repaired: 1 });
    expect(world.log.all(NAME)[1]).toMatchObject({ action: 'DeleteParameter', time: world.time, notBefore: created, source: 'reconciler' });
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 0, repaired: 0 });
  });

  test('concludes none where an event has told it', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    await world.handle(world.delete(NAME, { after: MINUTE }));
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 0, repaired: 0 });
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter']);
  });

  test('of what is gone a deletion is the last record, also where a label of the same second is put after the deletion', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    world.time += MINUTE;
    const label = world.label(NAME, ['prod'], { after: 100 });
    await world.handle(world.delete(NAME, { after: 100 }));
    await world.handle(label);
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 1, repaired: 1 });
    expect(world.lines(NAME).at(-1)).toBe('DeleteParameter concluded');
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 0, repaired: 0 });
  });

  test('a put that is known without its version is followed by a conclusion, too, when versions begin again at 1', async () => {
    const world = new World('native');
    const lost = world.put(NAME, 'one');
    const gone = world.delete(NAME, { after: MINUTE });
    await world.handle(gone);
    await world.handle(lost);
    const second = world.put(NAME, 'two', { after: MINUTE });
    world.delete(NAME, { after: MINUTE });
    world.put(NAME, 'three', { after: MINUTE });
    await world.handle(second);
    expect(world.lines(NAME)).toEqual(['PutParameter', 'DeleteParameter', 'PutParameter', 'DeleteParameter concluded', 'PutParameter 1 three']);
  });

  test('a label is a sign of life, too', async () => {
    const world = new World();
    world.put(NAME, 'one');
    await world.handle(world.label(NAME, ['prod'], { after: MINUTE }));
    world.delete(NAME, { after: MINUTE });
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 1, repaired: 1 });
    expect(world.lines(NAME)).toEqual(['LabelParameterVersion 1 prod', 'DeleteParameter concluded']);
  });

  test('a parameter that exists, after all, is recorded as it is', async () => {
    const world = new World();
    world.put(NAME, 'one');
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 1, repaired: 1 });
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one']);
  });

  test('the event of a deletion that comes late is a record beside the conclusion, which spans its time', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    const deletion = world.delete(NAME, { by: ALICE, after: MINUTE });
    world.time += MINUTE;
    await world.auditor.reconcileGone([NAME]);
    await world.handle(deletion);
    const [, concluded, told] = world.log.all(NAME);
    expect(told).toMatchObject({ user: ALICE.arn, source: 'event' });
    expect(concluded!.notBefore! <= told!.time && told!.time <= concluded!.time).toBe(true);
  });
});

/** A log that breaks at one of its calls: before it is done, or after. */
function breaking(log: AuditLog, at: number, after: boolean): AuditLog {
  let calls = 0;
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls !== at) return call();
    if (after) await call();
    throw new Error('stopped');
  };
  return {
    add: (record) => guard(() => log.add(record)),
    present: (keys) => guard(() => log.present(keys)),
    since: (name, id) => guard(() => log.since(name, id)),
    last: (name, before) => guard(() => log.last(name, before)),
    names: (namespace, day, from) => guard(() => log.names(namespace, day, from)),
  };
}

describe('who is stopped anywhere and begins again', () => {
  const happen = async (at: number, after: boolean) => {
    const world = new World();
    const auditor = world.anAuditor({ log: breaking(world.log, at, after) });
    await world.handle(world.put(NAME, 'one'));
    world.delete(NAME, { after: MINUTE });
    const lost = world.put(NAME, 'two', { after: MINUTE });
    world.delete(NAME, { after: MINUTE });
    world.put(NAME, 'three', { after: MINUTE });
    const last = world.put(NAME, 'four', { after: MINUTE });
    let stopped = false;
    for (const event of [last, lost]) {
      await world.handle(event, true, auditor).catch(() => { stopped = true; });
    }
    await world.deliver([last, lost]);
    await world.walk();
    // Which of two events writes a version's record decides whether it has the facts that only CloudTrail knows; it has all others.
    const records = world.log.all(NAME).map(({ recordId, action, time, notBefore, version, value, user, type }) =>
      ({ recordId: recordId.replace(/~.*?(#|$)/, '~$1'), action, time, notBefore, version, value, user, type }));
    return { stopped, records };
  };

  test('leaves the same records', async () => {
    const { records: expected } = await happen(Infinity, false);
    expect(expected.map(({ action, value }) => `${action} ${value ?? ''}`.trim())).toEqual([
      'PutParameter one', 'DeleteParameter', 'PutParameter', 'DeleteParameter', 'PutParameter three', 'PutParameter four',
    ]);
    let at = 1;
    for (;; at += 1) {
      const results = [await happen(at, false), await happen(at, true)];
      for (const { records } of results) expect(records).toEqual(expected);
      if (!results[0]!.stopped) break;
    }
    expect(at).toBeGreaterThan(10);
  });
});
