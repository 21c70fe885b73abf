import { ALICE, World } from './world';
import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import { MemoryAuditLog } from '../../support/config-tables/memory-audit-log';
import { ACCOUNT, REGION } from '../../support/parameter-events/envelopes';
import { FIXTURES, NAMESPACES } from '../../support/parameter-events/fixtures';

const NAME = '/app/db';

describe('every event that AWS sends', () => {
  test.each(FIXTURES)('$title: is one record for each parameter, once', async ({ envelope, events = [] }) => {
    const log = new MemoryAuditLog();
    const world = new World();
    const auditor = world.anAuditor({ log, namespaces: NAMESPACES });
    const parsed = parseEvent(envelope, NAMESPACES, { account: ACCOUNT, region: REGION });
    for (const event of [...parsed.events, ...parsed.events]) await auditor.apply(event, { last: true });
    for (const { name, action, eventId } of events) {
      const told = log.all(name).filter((record) => record.eventId === eventId);
      expect(told).toEqual([expect.objectContaining({ action, byTime: expect.stringContaining('#20') })]);
    }
    expect(parsed.events).toHaveLength(events.length);
  });
});

describe('what others got wrong', () => {
  test('parameters that were there before the log are in it after one walk, with all versions that are kept', async () => {
    const world = new World();
    for (let i = 1; i <= 120; i += 1) world.put(NAME, `v${i}`, { after: 1_000 });
    await world.walk();
    expect(world.lines(NAME)).toEqual(Array.from({ length: 100 }, (_, i) => `PutParameter ${i + 21} v${i + 21}`));
  });

  test('no value, whatever it is, and no user is a reason to remove a record', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'DELETE_ME', { by: { ...ALICE, arn: 'arn:aws:iam::123456789012:user/circleci' } }));
    world.time += 24 * 3_600_000;
    await world.walk();
    expect(world.lines(NAME)).toEqual(['PutParameter 1 DELETE_ME']);
  });

  test('a list of strings and an advanced secret keep what it takes to restore them', async () => {
    const world = new World();
    world.model.do('PutParameter', { Name: '/app/list', Value: 'a,b', Type: 'StringList' });
    world.model.do('PutParameter', {
      Name: '/app/big', Value: 'x'.repeat(5_000), Type: 'SecureString', Tier: 'Intelligent-Tiering', KeyId: 'alias/app',
    });
    await world.walk();
    expect(world.log.all('/app/list')[0]).toMatchObject({ type: 'StringList', value: 'a,b' });
    expect(world.log.all('/app/big')[0]).toMatchObject({ type: 'SecureString', tier: 'Advanced', keyId: 'alias/app' });
  });

  test('the time of a record is Parameter Store\'s, however late it is written', async () => {
    const world = new World();
    const { time } = world;
    const event = world.put(NAME, 'one');
    world.time += 5 * 3_600_000;
    await world.handle(event);
    expect(world.log.all(NAME)[0]!.time).toBe(time);
  });

  test('two secrets written within one second are both kept, each as its own ciphertext', async () => {
    const world = new World();
    world.put(NAME, 'first', { Type: 'SecureString' });
    world.put(NAME, 'second', { after: 300 });
    await world.handleAll([...world.events].reverse());
    expect(world.log.all(NAME).map(({ value }) => world.model.decrypt(value!))).toEqual(['first', 'second']);
  });

  test('an event of a failed call is no record', async () => {
    const world = new World();
    const event = world.put(NAME, 'one');
    await world.handle({ ...event, detail: { ...event.detail, errorCode: 'AccessDenied' } }, true);
    expect(world.lines(NAME)).toEqual([]);
  });
});
