import { DescribeParametersCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { modelClient, ParameterStoreError, ParameterStoreModel } from './parameter-store';

const START = Date.parse('2026-01-01T00:00:00.123Z');
let time: number;
let model: ParameterStoreModel;

beforeEach(() => {
  time = START;
  model = new ParameterStoreModel({ now: () => time });
  put('/a');
});

const put = (Name: string, more: object = {}) => model.do('PutParameter', { Name, Value: 'v', Type: 'String', Overwrite: true, ...more });
const refused = (name: string) => expect.objectContaining({ name }) as Error;
const namesOf = ({ Parameters = [] }: { Parameters?: readonly { Name?: string }[] }) => Parameters.map(({ Name }) => Name);
const get = () => model.call('GetParameter', { Name: '/a' });

test('calls are throttled by a bucket of tokens, those of some operations if so asked', async () => {
  model.throttle({ rate: 2, burst: 3, operations: ['GetParameter'] });
  for (let i = 0; i < 3; i += 1) await get();
  await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException', status: 400 });
  time += 500;
  await get();
  await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' });
  await model.call('DescribeParameters', {});
  model.throttle();
  await get();
  expect(model.calls).toEqual({ GetParameter: 7, DescribeParameters: 1 });
});

test('the next calls fail as they are told, in order', async () => {
  const client = modelClient(model);
  const error = new ParameterStoreError('InternalServerError', 'an error occurred', 500);
  model.failNext('GetParameter', error);
  model.failNext('GetParameter', new Error('broken'));
  const send = () => client.send(new GetParameterCommand({ Name: '/a' }));
  await expect(send()).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
  await expect(send()).rejects.toThrow('broken');
  expect((await send()).Parameter!.Value).toBe('v');
});

test('who crashes before a call has done nothing, who crashes after it has', async () => {
  const crash = () => { throw new Error('crashed'); };
  const again = () => model.call('PutParameter', { Name: '/a', Value: 'w', Overwrite: true });
  model.intercept({ before: crash });
  await expect(again()).rejects.toThrow('crashed');
  expect(model.do('GetParameter', { Name: '/a' }).Parameter!.Version).toBe(1);
  model.intercept({ after: crash });
  await expect(again()).rejects.toThrow('crashed');
  expect(model.do('GetParameter', { Name: '/a' }).Parameter!.Version).toBe(2);
  model.intercept({ after: ({ operation, input }) => ({ operation, input }) });
  expect(await get()).toEqual({ operation: 'GetParameter', input: { Name: '/a' } });
  model.intercept();
  expect((await get()).Parameter!.Version).toBe(2);
});

test('reads may be stale', () => {
  const thaw = model.freezeReads();
  put('/a', { Value: 'w' });
  put('/b');
  model.do('DeleteParameter', { Name: '/b' });
  put('/c');
  expect(model.do('GetParameter', { Name: '/a' }).Parameter!.Value).toBe('v');
  expect(namesOf(model.do('DescribeParameters', {}))).toEqual(['/a']);
  expect(() => model.do('GetParameterHistory', { Name: '/c' })).toThrow(refused('ParameterNotFound'));
  model.do('DeleteParameter', { Name: '/a' });
  expect(namesOf(model.do('DescribeParameters', {}))).toEqual(['/a']);
  thaw();
  expect(namesOf(model.do('DescribeParameters', {}))).toEqual(['/c']);
});

test('the client knows no other operations', async () => {
  class SendCommand { readonly input = {}; }
  await expect(modelClient(model).send(new SendCommand() as never)).rejects.toThrow('no operation "Send"');
});

test('who calls is who has last modified, and times have milliseconds', async () => {
  const client = modelClient(model, { arn: 'arn:aws:sts::123456789012:assumed-role/deploy/one' });
  time += 1;
  await client.send(new PutParameterCommand({ Name: '/a', Value: 'w', Overwrite: true }));
  const { Parameters } = await client.send(new DescribeParametersCommand({}));
  expect(Parameters).toMatchObject([{
    LastModifiedUser: 'arn:aws:sts::123456789012:assumed-role/deploy/one', LastModifiedDate: new Date(START + 1), Version: 2,
  }]);
});
