import { ParameterStoreError, ParameterStoreModel, type EventEnvelope } from './parameter-store';

const START = Date.parse('2026-01-01T00:00:00.987Z');
const HOUR = 3_600_000;
const USER = { arn: 'arn:aws:iam::123456789012:user/dev/ann', sourceIp: '198.51.100.7', userAgent: 'aws-cli/2' };
const SESSION = { arn: 'arn:aws:sts::123456789012:assumed-role/deploy/one' };

let time: number;
let model: ParameterStoreModel;
let events: EventEnvelope[];

beforeEach(() => {
  time = START;
  model = new ParameterStoreModel({ now: () => time });
  events = [];
  model.onEvent((event) => events.push(event));
});

const put = (more: object = {}, caller: { readonly arn: string } = USER) =>
  model.do('PutParameter', { Name: '/a', Value: 'a secret', Type: 'String', ...more }, caller);
const trail = () => events.filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail').map(({ detail }) => detail);
const changes = () => events.filter((event) => event['detail-type'] === 'Parameter Store Change').map(({ detail }) => detail);

test('a put is told by CloudTrail and by Parameter Store, without its value', () => {
  put({ Description: 'why', Tier: 'Advanced' });
  const base = { version: '0', source: 'aws.ssm', account: '123456789012', region: 'us-east-1', time: '2026-01-01T00:00:00Z' };
  expect(events).toMatchObject([
    {
      ...base, 'detail-type': 'AWS API Call via CloudTrail', resources: [],
      detail: {
        eventSource: 'ssm.amazonaws.com', eventName: 'PutParameter', eventTime: '2026-01-01T00:00:00Z', awsRegion: 'us-east-1',
        sourceIPAddress: '198.51.100.7', userAgent: 'aws-cli/2', readOnly: false, recipientAccountId: '123456789012',
        userIdentity: { type: 'IAMUser', arn: USER.arn, accountId: '123456789012', userName: 'ann' },
        requestParameters: { name: '/a', value: 'HIDDEN_DUE_TO_SECURITY_REASONS', type: 'String', description: 'why', tier: 'Advanced' },
        responseElements: { version: 1, tier: 'Advanced' },
      },
    },
    {
      ...base, 'detail-type': 'Parameter Store Change', resources: ['arn:aws:ssm:us-east-1:123456789012:parameter/a'],
      detail: { operation: 'Create', name: '/a', type: 'String', description: 'why' },
    },
  ]);
  expect(JSON.stringify(events)).not.toContain('a secret');
  expect(events[0]!.detail).not.toHaveProperty('errorCode');
});

test('every event and every call has an id of its own', () => {
  put();
  put({ Overwrite: true });
  const ids = [...events.map(({ id }) => id), ...trail().flatMap(({ eventID, requestID }) => [eventID, requestID])];
  expect(new Set(ids).size).toBe(8);
});

test('an overwrite is an update', () => {
  put();
  put({ Overwrite: true }, SESSION);
  expect(changes().map(({ operation }) => operation)).toEqual(['Create', 'Update']);
  expect(trail()[1]).toMatchObject({
    userIdentity: {
      type: 'AssumedRole', arn: SESSION.arn,
      sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::123456789012:role/deploy', userName: 'deploy' } },
    },
    responseElements: { version: 2 },
  });
});

test('a call that failed is told by CloudTrail alone, with the error and no answer', () => {
  put();
  events = [];
  expect(() => put()).toThrow(expect.objectContaining({ name: 'ParameterAlreadyExists' }) as Error);
  expect(events).toHaveLength(1);
  expect(trail()).toMatchObject([{
    errorCode: 'ParameterAlreadyExists', errorMessage: expect.stringMatching(/already exists/) as string, responseElements: null,
    requestParameters: { name: '/a', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
  }]);
});

test('a call that is denied names no parameters', async () => {
  const call = () => model.call('DeleteParameter', { Name: '/a' });
  model.failNext('DeleteParameter', new ParameterStoreError('AccessDeniedException', 'not authorized'));
  await expect(call()).rejects.toThrow('not authorized');
  model.failNext('DeleteParameter', new Error('broken'));
  await expect(call()).rejects.toThrow('broken');
  expect(trail()).toMatchObject([{ errorCode: 'AccessDenied', errorMessage: 'not authorized', requestParameters: null, responseElements: null }]);
});

test('DeleteParameters is one call and a change of each name that there was', () => {
  put();
  events = [];
  model.do('DeleteParameters', { Names: ['/a', '/none'] });
  expect(trail()).toMatchObject([{
    eventName: 'DeleteParameters', requestParameters: { names: ['/a', '/none'] },
    responseElements: { deletedParameters: ['/a'], invalidParameters: ['/none'] },
  }]);
  expect(changes()).toEqual([{ operation: 'Delete', name: '/a', type: 'String' }]);
});

test('DeleteParameter has no answer to tell', () => {
  put();
  events = [];
  model.do('DeleteParameter', { Name: '/a' });
  expect(trail()).toMatchObject([{ eventName: 'DeleteParameter', requestParameters: { name: '/a' }, responseElements: null }]);
  expect(changes()).toMatchObject([{ operation: 'Delete', name: '/a' }]);
});

test('labels are told, and by CloudTrail alone when they are taken away', () => {
  put();
  events = [];
  model.do('LabelParameterVersion', { Name: '/a', Labels: ['prod'] });
  model.do('UnlabelParameterVersion', { Name: '/a', ParameterVersion: 1, Labels: ['prod'] });
  expect(trail()).toMatchObject([
    { eventName: 'LabelParameterVersion', requestParameters: { name: '/a', labels: ['prod'] }, responseElements: { parameterVersion: 1 } },
    { eventName: 'UnlabelParameterVersion', requestParameters: { name: '/a', parameterVersion: 1 }, responseElements: { removedLabels: ['prod'] } },
  ]);
  expect(changes()).toEqual([{ operation: 'LabelParameterVersion', name: '/a', type: 'String' }]);
});

test('reads are not told', () => {
  put();
  events = [];
  model.do('GetParameter', { Name: '/a' });
  model.do('DescribeParameters', {});
  model.do('GetParameterHistory', { Name: '/a' });
  expect(events).toEqual([]);
});

test('an image that is none is told with the exception', () => {
  put({ DataType: 'aws:ec2:image', Value: 'none' });
  expect(changes()).toEqual([{
    operation: 'Create', name: '/a', type: 'String', dataType: 'aws:ec2:image', exception: 'Unable to Describe Resource',
  }]);
});

test('a listener hears no more when it has been ended', () => {
  let heard = 0;
  const end = model.onEvent(() => { heard += 1; });
  put();
  end();
  put({ Overwrite: true });
  expect(heard).toBe(2);
});

describe('policies', () => {
  const Policies = JSON.stringify([
    { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: new Date(START + 10 * HOUR).toISOString() } },
    { Type: 'ExpirationNotification', Version: '1.0', Attributes: { Before: '2', Unit: 'Hours' } },
    { Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '1', Unit: 'Hours' } },
  ]);
  const actions = () => events.filter((event) => event['detail-type'] === 'Parameter Store Policy Action');
  const types = () => actions().map(({ detail }) => detail['policy-type']);

  beforeEach(() => { put({ Tier: 'Advanced', Policies }); });

  test('act by the clock, each once, and the last deletes', () => {
    model.expirePolicies();
    expect(types()).toEqual([]);
    for (let hour = 1; hour <= 9; hour += 1) {
      time = START + hour * HOUR;
      model.expirePolicies();
    }
    expect(types()).toEqual(['NoChangeNotification', 'ExpirationNotification']);
    const { Policies: shown } = model.do('DescribeParameters', {}).Parameters![0]!;
    expect(shown!.map(({ PolicyStatus }) => PolicyStatus)).toEqual(['Pending', 'Finished', 'Finished']);
    time = START + 10 * HOUR;
    expect(() => model.do('GetParameter', { Name: '/a' })).toThrow(expect.objectContaining({ name: 'ParameterNotFound' }) as Error);
    expect(actions()[2]).toMatchObject({
      source: 'aws.ssm', resources: ['arn:aws:ssm:us-east-1:123456789012:parameter/a'], time: '2026-01-01T10:00:00Z',
      detail: { 'policy-type': 'Expiration', 'parameter-name': '/a', 'parameter-type': 'String', 'action-status': 'Success' },
    });
    expect(changes().map(({ operation }) => operation)).toEqual(['Create']);
  });

  test('wait again for a time without changes once there was one', () => {
    for (let hour = 1; hour <= 3; hour += 1) {
      time = START + hour * HOUR;
      model.expirePolicies();
      if (hour === 2) put({ Overwrite: true });
    }
    expect(types()).toEqual(['NoChangeNotification', 'NoChangeNotification']);
  });

  test('are kept by an overwrite, and taken away by empty ones', () => {
    put({ Overwrite: true });
    expect(model.do('DescribeParameters', {}).Parameters![0]!.Policies).toHaveLength(3);
    put({ Overwrite: true, Policies: '' });
    time = START + 10 * HOUR;
    model.expirePolicies();
    expect([actions(), model.names()]).toEqual([[], ['/a']]);
  });
});
