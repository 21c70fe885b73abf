import { answerCustomResource, type CustomResourceWork } from '../../../lambda-src/shared/custom-resource';
import { captureLog, CONTEXT, createEvent, deleteEvent, SIGNATURE, updateEvent } from '../events';

type Event = Parameters<typeof answerCustomResource>[0];

interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
}

let lines: string[];

beforeEach(() => { lines = captureLog(); });
afterEach(() => jest.restoreAllMocks());

async function answer(event: Event, work: CustomResourceWork, context = CONTEXT): Promise<Answer> {
  const put = jest.fn<Promise<void>, [string, string]>(() => Promise.resolve());
  await answerCustomResource(event, context, work, { put });
  expect(put).toHaveBeenCalledTimes(1);
  expect(put.mock.calls[0][0]).toBe(event.ResponseURL);
  return JSON.parse(put.mock.calls[0][1]) as Answer;
}

const done: CustomResourceWork = () => Promise.resolve();
const identity = { StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/stack/guid', RequestId: 'request', LogicalResourceId: 'Flush' };

test('answers a creation with success and an id that stays', async () => {
  expect(await answer(createEvent(), done)).toEqual({ ...identity, Status: 'SUCCESS', PhysicalResourceId: 'Flush' });
});

test.each([['an update', updateEvent()], ['a deletion', deleteEvent()]])('keeps the id at %s', async (_, event) => {
  expect(await answer(event, done)).toEqual({ ...identity, Status: 'SUCCESS', PhysicalResourceId: 'former-id' });
});

test('gives the id and the attributes that the work returned', async () => {
  const work = () => Promise.resolve({ physicalResourceId: 'new-id', data: { Arn: 'arn' } });
  expect(await answer(updateEvent(), work)).toEqual({ ...identity, Status: 'SUCCESS', PhysicalResourceId: 'new-id', Data: { Arn: 'arn' } });
});

test('answers with failure, the reason and where the log is', async () => {
  const failed = await answer(updateEvent(), () => Promise.reject(new TypeError('no such table')));
  expect(failed).toEqual({
    ...identity, Status: 'FAILED', PhysicalResourceId: 'former-id', Reason: 'TypeError: no such table (log group group, stream stream)',
  });
});

test('answers with failure also when the work throws before its first await', async () => {
  expect(await answer(createEvent(), () => { throw new Error('at once'); })).toMatchObject({ Status: 'FAILED' });
});

test('what never came to be is deleted without any work', async () => {
  const { PhysicalResourceId } = await answer(createEvent(), () => Promise.reject(new Error('no')));
  const work = jest.fn(done);
  expect(await answer(deleteEvent(PhysicalResourceId), work)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  expect(work).not.toHaveBeenCalled();
});

test('a long reason fits CloudFormation\'s 4,096 bytes', async () => {
  const failed = await answer(updateEvent(), () => Promise.reject(new Error('x'.repeat(10_000))));
  expect(JSON.stringify(failed).length).toBeLessThan(2_000);
});

test('what is thrown and no error is not shown: it may hold anything', async () => {
  const failed = await answer(updateEvent(), () => Promise.reject({ secret: 'hunter2' }));
  expect(failed.Reason).toBe('the handler failed (log group group, stream stream)');
});

describe('in time', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test.each([[60_000, 50_000, 'not done after 50 s'], [5_000, 2_500, 'not done after 3 s']])(
    'with %d ms left, work is given up after %d ms and answered for', async (left, time, reason) => {
      let aborted = 0;
      const never: CustomResourceWork = (_, signal) => new Promise(() => signal.addEventListener('abort', () => { aborted += 1; }));
      const answered = answer(updateEvent(), never, { ...CONTEXT, getRemainingTimeInMillis: () => left });
      await jest.advanceTimersByTimeAsync(time - 1);
      expect(aborted).toBe(0);
      await jest.advanceTimersByTimeAsync(1);
      expect(await answered).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) as string });
      expect(aborted).toBe(1);
    });

  test('leaves no timer behind', async () => {
    await answer(createEvent(), done);
    expect(jest.getTimerCount()).toBe(0);
  });
});

test('fails only if the answer cannot be delivered, so that Lambda invokes it again', async () => {
  const put = () => Promise.reject(new Error('unreachable'));
  await expect(answerCustomResource(createEvent(), CONTEXT, done, { put })).rejects.toThrow('unreachable');
});

test('the log says what happened and never has the URL', async () => {
  await answer(updateEvent(), () => Promise.reject(new Error('no')));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { notice: 'custom resource', request: 'Update', resource: 'Flush', status: 'FAILED', reason: 'Error: no (log group group, stream stream)' },
  ]);
  expect(lines.join()).not.toContain(SIGNATURE);
});
