import { defineTask } from '../../../../runtime/tasks/definition/define';
import { LONGEST_PAUSE } from '../../../../runtime/tasks/storage/record-writer';
import type { Operation } from '../../../support/tasks/memory-result-storage';
import { counting, gate, turns, world } from './world';

const chain = () => {
  const { task, runs } = counting('Base');
  const top = defineTask({
    family: 'Top', kind: 'read', policy: 'forever', requires: () => ({ base: task({ n: 2 }) }), run: ({ requires }) => requires.base.value * 2,
  });
  return { top, base: task, runs };
};

describe.each(['refresh', 'find', 'digestOf', 'keep', 'lease', 'settled'] as const)('a storage whose %s', (operation: Operation) => {
  test('fails never fails a run: it is counted and told', async () => {
    const { top } = chain();
    const { runner, storage } = world({ lease: true });
    storage.faults[operation] = 'fail';
    const run = await runner.run([top()]);
    expect(run.resultOf(top()).value).toBe(4);
    expect(run.summary.storeErrors).toBeGreaterThan(0);
    expect(run.summary.storeErrorMessages.at(-1)).toMatch(new RegExp(`in storage: ${operation} is broken`));
    expect(run.summary.counters.storeErrors).toBe(run.summary.storeErrors);
  });

  test('never answers is left after a while', async () => {
    const { base } = chain();
    const { runner, storage, clock } = world({ lease: true, storageTimeout: '9s' });
    storage.faults[operation] = 'hang';
    const running = runner.run([base({ n: 2 })]);
    const limit = operation === 'keep' ? 9000 + LONGEST_PAUSE : 9000;
    const deadlines = operation === 'refresh' ? 2 : 1; // a run refreshes once, and once more after it has the lease
    for (let i = 0; i < deadlines; i++) {
      while (storage.calls[operation] <= i) await turns(1);
      await clock.fire(limit);
      if (operation === 'find') {
        while (storage.calls.find < 2) await turns(1);
        await clock.fire(9000);
      }
    }
    const run = await running;
    expect(run.resultOf(base({ n: 2 })).value).toBe(2);
    expect(run.summary.storeErrorMessages.at(-1)).toContain(`no answer within ${limit} ms`);
    expect(clock.pending).toBe(0);
  });
});

test.each(['find', 'digestOf', 'keep', 'lease'] as const)('strict: a task fails whose %s fails', async (operation) => {
  const { base } = chain();
  const { runner, storage } = world({ lease: true, strict: true });
  storage.faults[operation] = 'fail';
  const run = await runner.run([base({ n: 1 })]);
  expect(run.outcomes[0]).toMatchObject({ status: 'failed', error: { code: 'E_TASK_STORE' } });
  expect(() => run.resultOf(base({ n: 1 }))).toThrow(/is broken/);
});

test('strict: nothing is run if manifests cannot be read', async () => {
  const { base, runs } = chain();
  const { runner, storage } = world({ strict: true });
  storage.faults.refresh = 'fail';
  await expect(runner.run([base({ n: 1 })])).rejects.toMatchObject({ code: 'E_TASK_STORE', message: 'storage: refresh failed: refresh is broken' });
  expect(runs).toEqual([]);
});

describe('a lease', () => {
  /** Two runners on one store, as two processes have them. */
  const pair = (lease: boolean) => {
    const first = world({ lease });
    return [first, world({ lease, shared: first.storage.shared })] as const;
  };

  test.each([[true, 1], [false, 2]])('%s: of two runners that want the same at once, so many run it: %d', async (lease, times) => {
    const entered = gate();
    let now = 0;
    let most = 0;
    let runs = 0;
    const task = defineTask({
      family: 'Shared', kind: 'read', policy: 'forever',
      run: async () => {
        runs++;
        most = Math.max(most, ++now);
        if (runs === times) entered.open();
        await entered.promise;
        await turns(5);
        now--;
        return 'made';
      },
    });
    const [one, two] = pair(lease);
    const both = await Promise.all([one.runner.run([task()]), two.runner.run([task()])]);
    expect([runs, most]).toEqual([times, times]);
    expect(both.map((run) => run.resultOf(task()).value)).toEqual(['made', 'made']);
    expect(both.map((run) => run.outcomes[0].status).sort()).toEqual(lease ? ['ran', 'reused'] : ['ran', 'ran']);
    expect(one.storage.shared.leases.size).toBe(0);
    expect(one.storage.shared.entries.size).toBe(1);
  });

  test('is waited for as long as it takes, and that is told once', async () => {
    const { base, runs } = chain();
    const first = world();
    const key = (await first.runner.run([base({ n: 1 })])).outcomes[0].key!;
    const second = world({ lease: true, storageTimeout: '9s', shared: first.storage.shared, force: true });
    const held = await first.storage.lease(key);
    const running = second.runner.run([base({ n: 1 })]);
    while (second.named('wait').length === 0) await turns(1);
    expect(second.clock.pending).toBe(0); // no deadline any more
    await held!.release();
    expect((await running).outcomes[0]).toMatchObject({ status: 'ran', reason: 'forced' });
    expect(second.named('wait')).toHaveLength(1);
    expect(runs).toEqual([1, 1]);
  });

  test('is given back by a task that fails, and by a run that is stopped', async () => {
    const stop = new AbortController();
    const task = defineTask({
      family: 'Failing', kind: 'read', policy: 'forever', params: { n: 'integer' },
      run: ({ params, signal }) => new Promise<void>((_, reject) => {
        if (params.n === 1) reject(new Error('no'));
        else signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
    });
    const { runner, storage, named } = world({ lease: true });
    const running = runner.run([task({ n: 1 }), task({ n: 2 })], { signal: stop.signal });
    while (named('finish').length === 0 || named('attempt').length < 2) await turns(1);
    stop.abort();
    expect((await running).outcomes.map(({ status }) => status)).toEqual(['failed', 'cancelled']);
    expect(storage.shared.leases.size).toBe(0);
  });

  test('what comes after nobody waits for it any more is given back', async () => {
    const { base } = chain();
    const { runner, storage, clock } = world({ lease: true, storageTimeout: '9s' });
    const late = gate();
    const { lease } = storage;
    storage.lease = async (key) => {
      await late.promise;
      return lease.call(storage, key);
    };
    const running = runner.run([base({ n: 1 })]);
    while (storage.calls.find === 0) await turns(1);
    await turns();
    await clock.fire(9000);
    expect((await running).ok).toBe(true);
    late.open();
    await turns();
    expect([storage.calls.lease, storage.shared.leases.size]).toEqual([1, 0]);
  });

  test('taken after another one\'s result has come: it is verified, and if it does not hold, replaced', async () => {
    let made = 0;
    let holds = false;
    const task = defineTask({ family: 'Stack', kind: 'ensure', policy: 'forever', run: () => ++made, verify: () => holds });
    const [one, two] = pair(true);
    await two.runner.run([]); // knows the empty store
    const refresh = two.storage.refresh.bind(two.storage);
    let refreshes = 0;
    two.storage.refresh = async () => {
      if (++refreshes === 2) await one.runner.run([task()]); // comes while this one takes its lease: it does not look at leases in this test
      await refresh();
    };
    const { lease } = two.storage;
    two.storage.lease = () => Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() });
    const run = await two.runner.run([task()]);
    expect(run.outcomes[0]).toMatchObject({ status: 'ran', reason: 'stale' });
    two.storage.lease = lease;
    holds = true;
    expect((await two.runner.run([task()])).resultOf(task()).value).toBe(2);
  });
});
