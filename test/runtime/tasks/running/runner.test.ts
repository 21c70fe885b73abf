import { defineTask } from '../../../../runtime/tasks/definition/define';
import type { Requirements } from '../../../../runtime/tasks/definition/shapes';
import { counting, gate, turns, world } from './world';

describe('a run', () => {
  test('runs each task once, after what it requires', async () => {
    const order: string[] = [];
    const leaf = defineTask({ family: 'Leaf', kind: 'read', policy: 'forever', run: () => { order.push('leaf'); return 1; } });
    const side = defineTask({
      family: 'Side', kind: 'read', policy: 'forever', params: { n: 'integer' }, requires: () => ({ leaf: leaf() }),
      run: ({ params, requires }) => { order.push(`side${params.n}`); return requires.leaf.value + params.n; },
    });
    const top = defineTask({
      family: 'Top', kind: 'read', policy: 'forever', requires: () => ({ sides: [side({ n: 1 }), side({ n: 2 })], leaf: leaf() }),
      run: ({ requires }) => { order.push('top'); return requires.sides.reduce((sum, { value }) => sum + value, requires.leaf.value); },
    });
    const { runner, storage } = world();
    const run = await runner.run([top(), leaf(), top()]);
    expect(order).toEqual(['leaf', 'side1', 'side2', 'top']);
    expect(run.resultOf(top()).value).toBe(6);
    expect(run.outcomes.map(({ family, status, reason }) => [family, status, reason])).toEqual([
      ['Leaf', 'ran', 'new'], ['Side', 'ran', 'new'], ['Side', 'ran', 'new'], ['Top', 'ran', 'new'],
    ]);
    expect(run.ok).toBe(true);
    expect(storage.calls.refresh).toBe(1);
  });

  test('reuses what is there, and says where it was and what that saved', async () => {
    const { task, runs } = counting('Work');
    const first = world();
    const slow = defineTask({
      family: 'Slow', kind: 'read', policy: 'forever', requires: () => ({ work: task({ n: 1 }) }),
      run: ({ requires }) => { first.clock.time += 4000; return requires.work.value * 2; },
    });
    await first.runner.run([slow()]);
    const second = world({ shared: first.storage.shared });
    const run = await second.runner.run([slow()]);
    expect(runs).toEqual([1]);
    expect(run.resultOf(slow()).value).toBe(2);
    expect(run.outcomeOf(slow())).toMatchObject({ status: 'reused', saved: 4000, from: { tier: 'local', scope: 'main' }, attempts: 0 });
    expect(run.summary).toMatchObject({ counts: { reused: 2, ran: 0 }, saved: 4000 });
    expect(run.summary.counters).toMatchObject({ hits: 2, savedTime: 4000, executions: 0, tasks: 2 });
    expect(second.storage.calls.keep).toBe(0);
  });

  test('stops early: what requires an unchanged result is reused', async () => {
    let text = 'a';
    const topRuns: string[] = [];
    const parity = (version: string) => {
      const read = defineTask({ family: 'Read', kind: 'read', policy: 'forever', version, run: () => text.length });
      return defineTask({
        family: 'Top', kind: 'read', policy: 'forever', requires: () => ({ read: read() }),
        run: ({ requires }) => { topRuns.push(`${requires.read.value}`); return requires.read.value; },
      });
    };
    const { runner } = world();
    await runner.run([parity('1')()]);
    text = 'b'; // another text, as long
    const run = await runner.run([parity('2')()]);
    expect(run.outcomes.map(({ status }) => status)).toEqual(['ran', 'reused']);
    text = 'long';
    await runner.run([parity('3')()]);
    expect(topRuns).toEqual(['1', '4']);
  });

  test('has no more tasks at once than workers', async () => {
    let now = 0;
    let most = 0;
    const task = defineTask({
      family: 'Busy', kind: 'read', policy: 'never', params: { n: 'integer' },
      run: async () => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
      },
    });
    const { runner } = world({ workers: 3 });
    const run = await runner.run(Array.from({ length: 20 }, (_, n) => task({ n })));
    expect(most).toBe(3);
    expect(new Set(run.outcomes.map(({ worker }) => worker))).toEqual(new Set([0, 1, 2]));
  });

  test('takes the higher priority first, then the longest chain behind', async () => {
    const order: string[] = [];
    const of = (family: string, priority: number, requires: () => Requirements = () => ({})) => defineTask({
      family, kind: 'read', policy: 'never', priority, requires, run: () => { order.push(family); },
    });
    const short = of('Short', 0);
    const chain = of('Chain', 0);
    const urgent = of('Urgent', 5);
    const middle = of('Middle', 0, () => ({ chain: chain() }));
    const end = of('End', 0, () => ({ middle: middle() }));
    const { runner } = world({ workers: 1 });
    await runner.run([short(), end(), urgent()]);
    expect(order).toEqual(['Urgent', 'Chain', 'Middle', 'Short', 'End']);
  });

  test('gives a result to those who require it before it is kept, and reports it after', async () => {
    const { runner, storage, events } = world();
    const kept = gate();
    storage.beforeKeep = () => kept.promise;
    const base = defineTask({ family: 'Base', kind: 'read', policy: 'forever', run: () => 1 });
    const top = defineTask({
      family: 'Top', kind: 'read', policy: 'never', requires: () => ({ base: base() }),
      run: ({ requires }) => {
        expect(events.filter(({ event }) => event === 'finish')).toEqual([]);
        kept.open();
        return requires.base.value;
      },
    });
    const run = await runner.run([top()]);
    expect(run.outcomeOf(base())).toMatchObject({ status: 'ran', kept: [{ tier: 'local', scope: 'main' }] });
    expect(run.outcomeOf(top())).toMatchObject({ status: 'ran', reason: 'uncached', kept: [] });
    expect(events.at(-1)).toMatchObject({ event: 'end', summary: { tasks: 2 } });
  });

  test('of nothing is a run', async () => {
    const run = await world().runner.run([]);
    expect(run).toMatchObject({ outcomes: [], ok: true, summary: { tasks: 0, criticalPath: { duration: 0, ids: [] } } });
    expect(run.timeline()).toContain('0 tasks');
  });

  test('never has one task twice at once, though two runs of one runner want it', async () => {
    let now = 0;
    let most = 0;
    const task = defineTask({
      family: 'Once', kind: 'read', policy: 'forever',
      run: async () => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
        return 1;
      },
    });
    const { runner, storage } = world();
    storage.beforeKeep = () => turns(); // until then the others cannot find it
    const runs = await Promise.all([runner.run([task()]), runner.run([task()]), runner.run([task()])]);
    expect(most).toBe(1);
    expect(runs.map((run) => run.outcomeOf(task()).status).sort()).toEqual(['ran', 'reused', 'reused']);
  });

  test('fails for tasks that require each other, and for what is no task', async () => {
    const { runner } = world();
    await expect(runner.run('x' as never)).rejects.toThrow(/tasks must be a list of tasks, got 'x'/);
    await expect(runner.run([counting('Family').task as never])).rejects.toThrow(/a family: call it with its parameters/);
    await expect(runner.run([], { force: 3 as never })).rejects.toThrow(/force must be true, false or a list of names of families or ids, got 3/);
    await runner.close();
    await expect(runner.run([])).rejects.toThrow(/the runner was closed/);
  });
});

describe('policies', () => {
  test('never is neither looked up nor kept, and a trigger is run each time', async () => {
    const runs: string[] = [];
    const never = defineTask({ family: 'Never', kind: 'read', policy: 'never', run: () => { runs.push('never'); } });
    const trigger = defineTask({ family: 'Trigger', kind: 'trigger', run: () => { runs.push('trigger'); } });
    const { runner, storage } = world();
    for (let i = 0; i < 2; i++) await runner.run([never(), trigger()]);
    expect(runs).toEqual(['never', 'trigger', 'never', 'trigger']);
    expect(storage.calls).toMatchObject({ find: 0, keep: 0 });
  });

  test('run is valid in one run, and in processes that share its id', async () => {
    const runs: number[] = [];
    const task = defineTask({ family: 'Run', kind: 'read', policy: 'run', run: () => { runs.push(1); } });
    const { runner, storage: { shared } } = world({ runId: 'one' });
    await runner.run([task()]);
    await world({ runId: 'one', shared }).runner.run([task()]);
    expect(runs).toHaveLength(1);
    await world({ runId: 'two', shared }).runner.run([task()]);
    expect(runs).toHaveLength(2);
  });

  test('ttl ends by the clock of the store, an epoch when the next one begins', async () => {
    const runs: string[] = [];
    const ttl = defineTask({ family: 'Ttl', kind: 'read', policy: { ttl: '1h' }, run: () => { runs.push('ttl'); } });
    const epoch = defineTask({ family: 'Epoch', kind: 'ensure', policy: { epoch: 'stacks' }, run: () => { runs.push('epoch'); } });
    const { runner, storage: { shared } } = world();
    await runner.run([ttl(), epoch()]);
    await runner.run([ttl(), epoch()]);
    expect(runs).toEqual(['ttl', 'epoch']);
    shared.time += 3_600_000;
    await runner.run([ttl(), epoch()]);
    expect(runs).toEqual(['ttl', 'epoch', 'ttl']);
    shared.beginEpoch('stacks');
    await runner.run([ttl(), epoch()]);
    expect(runs).toEqual(['ttl', 'epoch', 'ttl', 'epoch']);
  });

  test('a family that is switched off is run, neither looked up nor kept', async () => {
    const { task, runs } = counting('Off');
    const { runner, storage } = world();
    await runner.run([task({ n: 1 })]);
    storage.off.add('Off');
    const run = await runner.run([task({ n: 1 })]);
    expect(run.outcomes[0]).toMatchObject({ status: 'ran', reason: 'uncached' });
    expect(runs).toEqual([1, 1]);
    expect(storage.calls).toMatchObject({ find: 1, keep: 1 });
  });

  test('a task that is made of one that is not kept still depends on its result, and stands on the records behind it', async () => {
    let answer = 1;
    const topRuns: number[] = [];
    const base = defineTask({ family: 'Base', kind: 'read', policy: 'forever', run: () => 'base' });
    const between = defineTask({ family: 'Between', kind: 'read', policy: 'never', requires: () => ({ base: base() }), run: () => answer });
    const top = defineTask({
      family: 'Top', kind: 'read', policy: 'forever', requires: () => ({ between: between() }),
      run: ({ requires }) => { topRuns.push(requires.between.value); },
    });
    const { runner, storage } = world();
    const run = await runner.run([top()]);
    await runner.run([top()]);
    answer = 2;
    await runner.run([top()]);
    expect(topRuns).toEqual([1, 2]);
    expect(storage.kept.find(({ body }) => body.family === 'Top')!.requires).toEqual([run.outcomeOf(base()).key]);
  });
});

describe('force', () => {
  test('runs what is asked for, and the new result takes the place of the old one', async () => {
    let answer = 'old';
    const a = defineTask({ family: 'Alpha', kind: 'read', policy: 'forever', run: () => answer });
    const b = defineTask({ family: 'Beta', kind: 'read', policy: 'forever', run: () => answer });
    const { runner } = world();
    await runner.run([a(), b()]);
    answer = 'new';
    const forced = await runner.run([a(), b()], { force: ['Alp*'] });
    expect(forced.outcomes.map(({ status, reason }) => [status, reason])).toEqual([['ran', 'forced'], ['reused', undefined]]);
    const after = await runner.run([a(), b()]);
    expect([after.resultOf(a()).value, after.resultOf(b()).value]).toEqual(['new', 'old']);
    const all = await runner.run([a(), b()], { force: true });
    expect(all.summary.reasons.forced).toBe(2);
    const one = await runner.run([a(), b()], { force: [b().id] });
    expect(one.outcomes.map(({ status }) => status)).toEqual(['reused', 'ran']);
  });
});

describe('verify', () => {
  const ensure = (state: { holds: boolean | Error; made: number }) => defineTask({
    family: 'Ensure', kind: 'ensure', policy: 'forever', run: () => ++state.made,
    verify: ({ value }) => {
      if (state.holds instanceof Error) throw state.holds;
      return state.holds && value === state.made;
    },
  });

  test('is asked where there is a result, and is believed', async () => {
    const state = { holds: true as boolean | Error, made: 0 };
    const task = ensure(state);
    const { runner } = world();
    await runner.run([task()]);
    const run = await runner.run([task()]);
    expect(run.outcomes[0].status).toBe('reused');
    expect(state.made).toBe(1);
  });

  test.each([['says no', false], ['throws', new Error('gone')]])('that %s makes the task run again, to take its place', async (_, holds) => {
    const state = { holds: true as boolean | Error, made: 0 };
    const task = ensure(state);
    const { runner, named } = world();
    await runner.run([task()]);
    state.holds = holds;
    const run = await runner.run([task()]);
    expect(run.outcomes[0]).toMatchObject({ status: 'ran', reason: 'stale' });
    expect(run.summary.counters).toMatchObject({ stale: 1, hits: 0, misses: 0 });
    expect(named('stale')).toHaveLength(1);
    state.holds = true;
    const after = await runner.run([task()]);
    expect(after.outcomes[0].status).toBe('reused');
    expect(after.resultOf(task()).value).toBe(2);
  });
});
