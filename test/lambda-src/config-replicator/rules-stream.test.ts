import { followRules } from '../../../lambda-src/config-replicator/rules-stream';
import { TimeLimit } from '../../../lambda-src/shared/config/time-limit';
import { RecordingLogger } from '../../support/parameter-events/messages';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a rule that is not done when the time is nearly over is reported, and the log says which', async () => {
  const logger = new RecordingLogger();
  const ruleChanged = jest.fn((destination: string) => destination === '/app/slow' ? new Promise<never>(() => {}) : Promise.resolve());
  const replicator = { ruleChanged } as unknown as Parameters<typeof followRules>[1]['replicator'];
  const records = ['/app/slow', '/app/prompt'].map((destination) => ({
    dynamodb: { Keys: { destination: { S: destination }, source: { S: '/shared/a' } }, SequenceNumber: destination },
  }));
  const following = followRules(records, { replicator, queue: { send: async () => undefined }, logger, limit: new TimeLimit(60_000) });
  await jest.advanceTimersByTimeAsync(60_000);
  await expect(following).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: '/app/slow' }] });
  expect(logger.lines).toMatchObject([{ level: 'error', destination: '/app/slow', error_name: 'OutOfTime' }]);
});
