import { defineTask } from '../../../../runtime/tasks/definition/define';
import { files } from '../../../../runtime/tasks/definition/inputs';
import { RunError } from '../../../../runtime/tasks/running/run-error';
import { counting, gate, turns, world } from './world';

const failing = defineTask({ family: 'Failing', kind: 'read', policy: 'forever', run: () => { throw new Error('no such account'); } });

describe('a task that fails', () => {
  const behind = defineTask({ family: 'Behind', kind: 'read', policy: 'forever', requires: () => ({ failing: failing() }), run: () => 1 });
  const further = defineTask({ family: 'Further', kind: 'read', policy: 'forever', requires: () => ({ behind: behind() }), run: () => 1 });
  const { task: other, runs } = counting('Other');

  test('stops those that require it, however far away, and no others', async () => {
    const { runner, storage } = world({ workers: 1 });
    const run = await runner.run([further(), other({ n: 1 })]);
    expect(run.outcomes.map(({ family, status, error }) => [family, status, error?.code])).toEqual([
      ['Failing', 'failed', 'E_TASK_FAILED'], ['Behind', 'skipped', 'E_TASK_REQUIRED'], ['Further', 'skipped', 'E_TASK_REQUIRED'],
      ['Other', 'ran', undefined],
    ]);
    expect(run.outcomeOf(further()).error!.message).toBe(`${further().id} was skipped: it requires ${failing().id}, which failed`);
    expect(runs).toEqual([1]);
    expect(storage.kept.map(({ body }) => body.family)).toEqual(['Other']);
    expect(run.ok).toBe(false);
    expect(run.failed.map(({ id }) => id)).toEqual([failing().id]);
    expect(() => run.resultOf(failing())).toThrow(`${failing().id} failed: no such account`);
    expect(() => run.resultOf(further())).toThrow(/was skipped/);
    expect(() => run.resultOf(counting('Stranger').task({ n: 1 }))).toThrow(/task must be one of the run's, got 'Stranger_/);
  });

  test('is told by throwIfFailed, with what it failed with', async () => {
    const run = await world().runner.run([further()]);
    let thrown: unknown;
    try {
      run.throwIfFailed();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RunError);
    const { code, message, errors } = thrown as RunError;
    expect(code).toBe('E_TASK_FAILED');
    expect(message).toBe(`of 3 tasks, 1 failed, 2 were skipped: ${failing().id} failed: no such account`);
    expect(errors.map(({ cause }) => (cause as Error).message)).toEqual(['no such account']);
    expect((await world().runner.run([other({ n: 1 })])).throwIfFailed()).toBeUndefined();
  });

  test('lets nothing else start without continueOnFailure, and lets end what has', async () => {
    const long = gate<number>();
    const slow = defineTask({ family: 'Slow', kind: 'read', policy: 'forever', priority: 2, run: () => long.promise });
    const first = defineTask({
      family: 'First', kind: 'read', policy: 'forever', priority: 1,
      run: () => {
        setImmediate(() => long.open(1));
        throw new Error('broken');
      },
    });
    const { task: never, runs: none } = counting('NotStarted');
    const { runner } = world({ workers: 2, continueOnFailure: false });
    const run = await runner.run([slow(), first(), never({ n: 1 })]);
    expect(run.outcomes.map(({ status }) => status)).toEqual(['ran', 'failed', 'cancelled']);
    expect(run.outcomes[2].error!.message).toContain(`nothing was started after ${first().id} had failed`);
    expect(none).toEqual([]);
  });

  test('fails where an input cannot be read', async () => {
    const task = defineTask({ family: 'Input', kind: 'read', policy: 'forever', inputs: { template: files('no-such-file.yaml') }, run: () => 1 });
    const run = await world({ root: __dirname }).runner.run([task()]);
    expect(run.outcomes[0]).toMatchObject({ status: 'failed', error: { code: 'E_TASK_INPUT' }, attempts: 0 });
  });
});

describe('retries', () => {
  test('try again as often as they may, after waits that chance decides, doubled each time', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const attempts: number[] = [];
    const task = defineTask({
      family: 'Flaky', kind: 'read', policy: 'forever', retries: 3, retryDelay: '10s',
      run: ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 4) throw new Error(`try ${attempt}`);
        return attempt;
      },
    });
    const { runner, clock, named } = world();
    const running = runner.run([task()]);
    for (const delay of [5000, 10_000, 20_000]) await clock.fire(delay);
    const run = await running;
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(run.outcomes[0]).toMatchObject({ status: 'ran', attempts: 4, duration: 35_000 });
    expect(run.summary).toMatchObject({ retries: 3, counters: { retries: 3, executions: 4 } });
    expect(named('retry').map(({ delay }) => delay)).toEqual([5000, 10_000, 20_000]);
    expect(named('attempt')).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });

  test('wait five minutes at the most', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const task = defineTask({ family: 'Long', kind: 'read', policy: 'never', retries: 1, retryDelay: '7d', run: () => { throw new Error('no'); } });
    const { runner, clock } = world();
    const running = runner.run([task()]);
    await clock.fire(300_000);
    expect((await running).outcomes[0]).toMatchObject({ status: 'failed', attempts: 2 });
  });

  afterEach(() => jest.restoreAllMocks());
});

describe('a timeout', () => {
  test('aborts the try, which may be tried again', async () => {
    const reasons: unknown[] = [];
    const task = defineTask({
      family: 'Slow', kind: 'read', policy: 'forever', timeout: '7s', retries: 1, retryDelay: 0,
      run: ({ signal, attempt }) => attempt === 2 ? 'done' : new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('stopped'));
        });
      }),
    });
    const { runner, clock } = world();
    const running = runner.run([task()]);
    await clock.fire(7000);
    expect((await running).resultOf(task()).value).toBe('done');
    expect(reasons).toMatchObject([{ code: 'E_TASK_TIMEOUT' }]);
  });

  test('fails the task; what comes too late is not its result', async () => {
    const late = gate<number>();
    const task = defineTask({
      family: 'Late', kind: 'read', policy: 'forever', timeout: '7s',
      run: ({ signal }) => {
        signal.addEventListener('abort', () => late.open(1));
        return late.promise;
      },
    });
    const { runner, clock, storage } = world();
    const running = runner.run([task()]);
    await clock.fire(7000);
    const run = await running;
    const message = `${task().id} failed: it took longer than 7000 ms`;
    expect(run.outcomes[0]).toMatchObject({ status: 'failed', error: { code: 'E_TASK_TIMEOUT', message } });
    expect(storage.calls.keep).toBe(0);
  });

  test('of a task that ignores it leaves the task behind, and does not try it again beside itself', async () => {
    const never = gate<number>();
    let tries = 0;
    const task = defineTask({
      family: 'Deaf', kind: 'read', policy: 'forever', timeout: '7s', retries: 5,
      run: () => {
        tries++;
        return never.promise;
      },
    });
    const { runner, clock, storage } = world({ grace: '3s' });
    const running = runner.run([task()]);
    await clock.fire(7000);
    await clock.fire(3000);
    const run = await running;
    expect(run.outcomes[0]).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'E_TASK_TIMEOUT' } });
    expect(run.outcomes[0].error!.message).toContain('it was left behind');
    never.open(1);
    await turns();
    expect([tries, storage.calls.keep]).toEqual([1, 0]);
  });
});

describe('a run that is stopped', () => {
  test('tells running tasks, starts nothing, keeps what finishes, and resolves', async () => {
    const stop = new AbortController();
    const kind = (family: string, run: (signal: AbortSignal) => Promise<number>) => defineTask({
      family, kind: 'read', policy: 'forever', priority: 1, run: ({ signal }) => run(signal),
    });
    const finishes = kind('Finishes', (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(1))));
    const obeys = kind('Obeys', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))));
    const deaf = kind('Deaf', () => new Promise(() => {}));
    const { task: waiting, runs } = counting('Waiting');
    const { runner, clock, storage, named } = world({ workers: 3 });
    const running = runner.run([finishes(), obeys(), deaf(), waiting({ n: 1 })], { signal: stop.signal });
    while (named('attempt').length < 3) await turns(1);
    stop.abort(new Error('SIGINT'));
    await turns(); // those that obey have ended
    await clock.fire(5000);
    const run = await running;
    expect(run.outcomes.map(({ family, status, error }) => [family, status, error?.code])).toEqual([
      ['Finishes', 'ran', undefined], ['Obeys', 'cancelled', 'E_TASK_CANCELLED'], ['Deaf', 'cancelled', 'E_TASK_CANCELLED'],
      ['Waiting', 'cancelled', 'E_TASK_CANCELLED'],
    ]);
    expect(storage.kept.map(({ body }) => body.family)).toEqual(['Finishes']);
    expect(runs).toEqual([]);
    expect(() => run.throwIfFailed()).toThrow(/of 4 tasks, 3 were cancelled: Obeys_\w+ has no result: the run was stopped/);
  });

  test('before it begins runs nothing', async () => {
    const { task, runs } = counting('Work');
    const run = await world({ signal: AbortSignal.abort() }).runner.run([task({ n: 1 })]);
    expect(run.outcomes[0].status).toBe('cancelled');
    expect(runs).toEqual([]);
  });

  test('does not wait for the next try', async () => {
    const stop = new AbortController();
    const task = defineTask({ family: 'Flaky', kind: 'read', policy: 'forever', retries: 9, retryDelay: '1h', run: () => { throw new Error(); } });
    const { runner, clock } = world({ onEvent: ({ event }) => event === 'retry' && setImmediate(() => stop.abort()) });
    const run = await runner.run([task()], { signal: stop.signal });
    expect(run.outcomes[0]).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect(clock.pending).toBe(0);
  });
});

test('a listener that throws is no task\'s trouble', async () => {
  const { task } = counting('Work');
  const run = await world({ onEvent: () => { throw new Error('broken'); } }).runner.run([task({ n: 1 })]);
  expect(run.ok).toBe(true);
});
