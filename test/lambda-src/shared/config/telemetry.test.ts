import { ReconciliationIncomplete, TooManyLegs } from '../../../../lambda-src/config-reconciler/reconciler';
import { NotRepaired } from '../../../../lambda-src/config-reconciler/set-aside';
import { failureFields, failureName } from '../../../../lambda-src/shared/config/failure-fields';
import { createLogger, createMetrics } from '../../../../lambda-src/shared/config/telemetry';
import { CONFIG_METRIC } from '../../../../lib/contract/config';
import { SECRET } from '../../../support/parameter-events/envelopes';
import { captureOutput } from '../../../support/parameter-events/messages';

let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'the-function';
  output = captureOutput();
});
afterEach(() => {
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  output.restore();
});

const records = () => output.printed.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('metrics', () => {
  test('are one record an invocation, in the tier\'s namespace, with the function\'s name as the only dimension', () => {
    const metrics = createMetrics();
    metrics.count(CONFIG_METRIC.eventsHandled);
    metrics.count(CONFIG_METRIC.eventsHandled, 2);
    metrics.milliseconds(CONFIG_METRIC.eventAge, 7);
    metrics.milliseconds(CONFIG_METRIC.eventAge, 9);
    metrics.flush();
    expect(records()).toEqual([{
      _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [{
        Namespace: 'CdkCacheTiers/Config', Dimensions: [['FunctionName']],
        Metrics: [{ Name: 'EventAge', Unit: 'Milliseconds' }, { Name: 'EventsHandled', Unit: 'Count' }],
      }] },
      FunctionName: 'the-function', EventAge: [7, 9], EventsHandled: 3,
    }]);
  });

  test('begin anew with each invocation, and are no record if there are none', () => {
    const metrics = createMetrics();
    metrics.flush();
    expect(output.printed).toEqual([]);
    metrics.count(CONFIG_METRIC.replicated);
    metrics.flush();
    metrics.flush();
    metrics.count(CONFIG_METRIC.replicated);
    metrics.flush();
    expect(records()).toMatchObject([{ Replicated: 1, FunctionName: 'the-function' }, { Replicated: 1, FunctionName: 'the-function' }]);
  });

  test('of more values than a record may have lose none, and keep their dimension', () => {
    const metrics = createMetrics();
    for (let i = 0; i < 250; i += 1) metrics.milliseconds(CONFIG_METRIC.eventAge, i);
    metrics.flush();
    expect(records().flatMap(({ EventAge }) => EventAge)).toHaveLength(250);
    expect(records().map(({ FunctionName }) => FunctionName)).toEqual(Array(3).fill('the-function'));
  });
});

describe('a log line', () => {
  test('has the notice, its fields, the handler and the invocation', () => {
    const logger = createLogger('config-auditor');
    logger.begin({ awsRequestId: 'request-1' });
    logger.info('handled', { parameter: '/app/a', age: 5 });
    logger.begin({ awsRequestId: 'request-2' });
    logger.warn('rejected');
    expect(records()).toMatchObject([
      { level: 'INFO', message: 'handled', service: 'config-auditor', function_request_id: 'request-1', parameter: '/app/a', age: 5 },
      { level: 'WARN', message: 'rejected', function_request_id: 'request-2' },
    ]);
    expect(records()[1]).not.toHaveProperty('parameter');
  });
});

describe('of an error', () => {
  test('its name, its code, AWS\'s request and its place are shown, and not what it says', () => {
    const error = Object.assign(new TypeError(`${SECRET}\n    at ${SECRET}`, { cause: new Error(SECRET) }), {
      code: 'ECONNRESET', $metadata: { requestId: 'id-1', httpStatusCode: 400 },
    });
    const fields = failureFields(error);
    expect(fields).toMatchObject({ error_name: 'TypeError', error_code: 'ECONNRESET', aws_request_id: 'id-1', aws_status: 400 });
    expect(fields.error_at).toContainEqual(expect.stringContaining('telemetry.test.ts'));
    expect(JSON.stringify(fields)).not.toContain(SECRET);
  });

  test('whose message holds names only the message is shown', () => {
    const error = Object.assign(new Error('not authorized to perform: ssm:GetParameterHistory'), { name: 'AccessDeniedException' });
    expect(failureFields(error).error_message).toBe('not authorized to perform: ssm:GetParameterHistory');
  });

  test('of the reconciler\'s own says what to do', () => {
    const errors = [new TooManyLegs('raise the timeout'), new ReconciliationIncomplete('2 parameters'), new NotRepaired('1 is not')];
    expect(errors.map((error) => failureFields(error).error_message)).toEqual(['raise the timeout', '2 parameters', '1 is not']);
  });

  test.each([[undefined], [SECRET], [{ name: SECRET }]])('that is none, %j, nothing is shown', (error) => {
    expect(failureFields(error)).toEqual({ error_name: 'Error' });
  });

  test('a name or code that could be a value is not shown', () => {
    const error = Object.assign(new Error('', { cause: SECRET }), { name: SECRET, code: SECRET, stack: SECRET });
    expect(failureName(error)).toBe('Error');
    expect(JSON.stringify(failureFields(error))).not.toContain(SECRET);
  });
});
