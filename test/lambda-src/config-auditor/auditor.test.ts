import { DescribeParametersCommand, GetParameterHistoryCommand } from '@aws-sdk/client-ssm';
import { ALICE, BOB, World } from './world';
import { CONFIG_RECORD_ID } from '../../../lib/contract/config';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient } from '../../support/parameter-store';

const NAME = '/app/db';

describe('a put', () => {
  test('is recorded with all that Parameter Store and CloudTrail say of it', async () => {
    const world = new World();
    world.model.do('PutParameter', {
      Name: NAME, Value: 'a-1', Type: 'String', Tier: 'Advanced', Description: 'the database', AllowedPattern: '^a-', DataType: 'text',
      Policies: '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2040-01-01T00:00:00.000Z"}}]',
    }, ALICE);
    expect(await world.handle(world.events[0]!)).toEqual(['handled']);
    expect(world.log.all(NAME)).toEqual([{
      name: NAME, recordId: CONFIG_RECORD_ID.put(world.time, 1), action: 'PutParameter', time: world.time, version: 1, type: 'String',
      tier: 'Advanced', dataType: 'text', description: 'the database', allowedPattern: '^a-', policies: expect.stringContaining('Expiration'),
      value: 'a-1', user: ALICE.arn, sourceIp: ALICE.sourceIp, userAgent: ALICE.userAgent, eventId: expect.any(String), source: 'event',
      byTime: '/app#2030-01-01', byActor: `/app#${ALICE.arn}`,
    }]);
  });

  test('that a native event tells of has its user from Parameter Store', async () => {
    const world = new World('native');
    await world.handle(world.put(NAME, 'one', { by: BOB }));
    expect(world.log.all(NAME)).toEqual([expect.objectContaining({ version: 1, value: 'one', user: BOB.arn, source: 'history' })]);
    expect(world.log.all(NAME)[0]).not.toHaveProperty('eventId');
  });

  test('of a SecureString is recorded as its ciphertext, with its key', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'secret', { Type: 'SecureString' }));
    const [record] = world.log.all(NAME);
    expect(record).toMatchObject({ type: 'SecureString', keyId: expect.stringMatching(/./) });
    expect(JSON.stringify(record)).not.toContain('"secret"');
    expect(world.model.decrypt(record!.value!)).toBe('secret');
  });

  test('of an overwrite that names neither type nor key has both', async () => {
    const world = new World();
    world.put(NAME, 'one', { Type: 'SecureString' });
    world.put(NAME, 'two', { after: 10_000 });
    await world.handleAll();
    const [first, second] = world.log.all(NAME);
    expect([second!.type, second!.keyId]).toEqual(['SecureString', first!.keyId]);
  });

  test('is recorded without its value where values are not kept', async () => {
    const world = new World('cloudtrail', { keepValues: false });
    await world.handle(world.put(NAME, 'one'));
    expect(world.log.all(NAME)).toEqual([expect.not.objectContaining({ value: expect.anything() })]);
    expect(world.lines(NAME)).toEqual(['PutParameter 1']);
  });

  test('without responseElements in its event is recorded', async () => {
    const world = new World();
    const event = world.put(NAME, 'one', { by: BOB });
    await world.handle({ ...event, detail: { ...event.detail, responseElements: null } });
    expect(world.log.all(NAME)).toEqual([expect.objectContaining({ version: 1, value: 'one', user: BOB.arn })]);
  });

  test('outside all namespaces is in no index, and is recorded', async () => {
    const world = new World();
    await world.auditor.apply({ kind: 'put', name: '/else', action: 'PutParameter', time: world.time, eventId: 'e' }, { last: true });
    expect(world.log.all('/else')[0]).toMatchObject({ action: 'PutParameter', eventId: 'e' });
    expect(world.log.all('/else')[0]).not.toHaveProperty('byTime');
  });

  test('by an actor whose name is too long for a key of an index is left out of that index', async () => {
    const world = new World('native');
    await world.handle(world.put(NAME, 'one', { by: { arn: `arn:aws:iam::123456789012:user/${'a'.repeat(2_040)}` } }));
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one']);
    expect(world.log.all(NAME)[0]).not.toHaveProperty('byActor');
  });
});

describe('other changes', () => {
  test('a deletion has who did it, from where and by which event', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    await world.handle(world.delete(NAME, { by: BOB, after: 60_000 }));
    expect(world.log.all(NAME)[1]).toEqual({
      name: NAME, recordId: expect.stringContaining('#D#'), action: 'DeleteParameter', time: world.time, user: BOB.arn, sourceIp: BOB.sourceIp,
      userAgent: BOB.userAgent, eventId: expect.any(String), source: 'event', byTime: '/app#2030-01-01', byActor: `/app#${BOB.arn}`,
    });
  });

  test('a deletion of several is recorded for each that existed', async () => {
    const world = new World();
    world.put('/app/a', 'a');
    world.put('/app/b', 'b');
    await world.handleAll();
    world.time += 60_000;
    world.model.do('DeleteParameters', { Names: ['/app/a', '/app/b', '/app/none'] });
    await world.handle(world.events.at(-1)!);
    expect(world.lines('/app/a')).toEqual(['PutParameter 1 a', 'DeleteParameters']);
    expect(world.lines('/app/b')).toEqual(['PutParameter 1 b', 'DeleteParameters']);
    expect(world.lines('/app/none')).toEqual([]);
  });

  test('a deletion that comes again after the put of its second is still one record, and the parameter ends as deleted', async () => {
    const world = new World();
    world.time += 100;
    const put = world.put(NAME, 'one');
    const deletion = world.delete(NAME, { after: 300 });
    await world.handle(deletion);
    await world.handle(put, true);
    expect(world.lines(NAME)).toEqual(['DeleteParameter', 'PutParameter 1']);
    expect(await world.handle(deletion)).toEqual(['handled']);
    expect(world.lines(NAME)).toEqual(['DeleteParameter', 'PutParameter 1', 'DeleteParameter concluded']);
    expect(await world.handle(deletion)).toEqual(['duplicate']);
  });

  test('an expiry is recorded as one', async () => {
    const world = new World('native');
    world.model.do('PutParameter', {
      Name: NAME, Value: 'one', Type: 'String', Tier: 'Advanced',
      Policies: '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-01-02T00:00:00.000Z"}}]',
    });
    await world.handle(world.events[0]!);
    world.time += 2 * 86_400_000;
    world.model.expirePolicies();
    await world.handle(world.events.at(-1)!);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'Expiration']);
  });

  test('a label is recorded once, with its version', async () => {
    const world = new World();
    world.put(NAME, 'one');
    const label = world.label(NAME, ['prod'], { after: 60_000 });
    await world.handleAll();
    expect(await world.handle(label)).toEqual(['duplicate']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'LabelParameterVersion 1 prod']);
  });

  test('a label before its put is no sign of a former parameter', async () => {
    const world = new World();
    world.time += 300;
    const put = world.put(NAME, 'one');
    const label = world.label(NAME, ['prod'], { after: 100 });
    await world.handle(label);
    await world.handle(put);
    expect(world.lines(NAME)).toEqual(['LabelParameterVersion 1 prod', 'PutParameter 1 one']);
  });
});

describe('retention', () => {
  const options = { retentionDays: 30 };

  test('counts from the time that a record bears', async () => {
    const world = new World('cloudtrail', options);
    const { time } = world;
    const event = world.put(NAME, 'one');
    world.time += 86_400_000;
    await world.handle(event);
    expect(world.log.all(NAME)[0]!.ttl).toBe(time / 1000 + 30 * 86_400);
  });

  test('what is older is not recorded, and not taken for missing again and again', async () => {
    const world = new World('cloudtrail', options);
    world.put(NAME, 'one');
    world.put(NAME, 'two', { after: 31 * 86_400_000 });
    expect(await world.walk()).toEqual({ found: 1, repaired: 1 });
    expect(world.lines(NAME)).toEqual(['PutParameter 2 two']);
    world.time += 31 * 86_400_000;
    expect(await new World('cloudtrail', options).walk()).toEqual({ found: 0, repaired: 0 });
    const later = world.anAuditor({ ...options, log: new World().log });
    expect(await world.walk(later)).toEqual({ found: 0, repaired: 0 });
  });
});

test('nothing is decrypted, and nothing but histories and descriptions is read', async () => {
  const world = new World();
  const client = modelClient(world.model);
  const commands: object[] = [];
  const store = new SsmParameterStore({ send: (command) => { commands.push(command); return client.send(command as GetParameterHistoryCommand); } });
  const auditor = world.anAuditor({ store });
  world.put(NAME, 'one', { Type: 'SecureString' });
  world.delete(NAME, { after: 60_000 });
  world.put(NAME, 'two', { Type: 'SecureString', after: 60_000 });
  for (const event of world.events) await world.handle(event, true, auditor);
  await auditor.reconcile(await store.describe([NAME]));
  await auditor.reconcileGone([NAME, '/app/none']);
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    expect(command instanceof GetParameterHistoryCommand || command instanceof DescribeParametersCommand).toBe(true);
    expect((command as GetParameterHistoryCommand).input.WithDecryption).not.toBe(true);
  }
});
