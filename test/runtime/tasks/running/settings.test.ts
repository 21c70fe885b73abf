import { resolve } from 'node:path';
import { InvalidArgumentError } from '../../../../runtime/errors';
import { ReadyQueue } from '../../../../runtime/tasks/running/ready-queue';
import { settingsOf } from '../../../../runtime/tasks/running/settings';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';
import fc from 'fast-check';

test('defaults', () => {
  const settings = settingsOf({});
  expect(settings).toMatchObject({
    workers: 8, root: process.cwd(), env: process.env, strict: false, lease: false, continueOnFailure: true, grace: 5000, storageTimeout: 30_000,
    producer: {},
  });
  expect(settings.runId).not.toBe(settingsOf({}).runId);
  expect(settings.force({ id: 'a', family: 'b' })).toBe(false);
  expect(settingsOf({ root: 'test' }).root).toBe(resolve('test'));
  expect(new TaskRunner({ runId: 'given' }).runId).toBe('given');
});

test.each([
  [{ workers: 0 }, 'workers must be a whole number from 1 to 10000, got 0'],
  [{ workers: 1.5 }, 'workers must be a whole number from 1 to 10000, got 1.5'],
  [{ runId: '' }, 'runId must be a string with something in it, got \'\''],
  [{ root: 3 }, 'root must be a string with something in it, got 3'],
  [{ temporary: '' }, 'temporary must be a string with something in it, got \'\''],
  [{ strict: 'yes' }, 'strict must be true or false, got \'yes\''],
  [{ lease: 1 }, 'lease must be true or false, got 1'],
  [{ continueOnFailure: null }, undefined],
  [{ force: 'Family' }, 'force must be true, false or a list of names of families or ids, got \'Family\''],
  [{ force: [1] }, 'force must be true, false or a list of names of families or ids, got [ 1 ]'],
  [{ grace: '50d' }, 'grace must be from 0 ms to 24 days, got \'50d\''],
  [{ grace: 'soon' }, 'grace must be milliseconds or a number with a unit such as \'30s\' or \'5m\', got \'soon\''],
  [{ storageTimeout: 0 }, 'storageTimeout must be from 1 ms to 24 days, got 0'],
  [{ producer: { build: 1 } }, 'producer must be an object of strings, got { build: 1 }'],
  [{ onEvent: 'log' }, 'onEvent must be a function, got \'log\''],
  [{ signal: {} }, 'signal must be an AbortSignal, got {}'],
])('%j', (options, message) => {
  if (message === undefined) return expect(settingsOf(options as never).continueOnFailure).toBe(true);
  expect(() => new TaskRunner(options as never)).toThrow(new InvalidArgumentError('', message));
});

test('a ready queue gives the first by its order, whenever what comes', () => {
  fc.assert(fc.property(fc.array(fc.option(fc.integer())), (steps) => {
    const queue = new ReadyQueue<number>((a, b) => a < b);
    const model: number[] = [];
    for (const step of steps) {
      if (step === null) {
        expect(queue.pop()).toBe(model.sort((a, b) => a - b).shift());
      } else {
        queue.push(step);
        model.push(step);
      }
      expect(queue.size).toBe(model.length);
    }
  }));
});
