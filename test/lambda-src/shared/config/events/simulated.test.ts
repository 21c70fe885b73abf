import { parseEvent } from '../../../../../lambda-src/shared/config/events/parse';
import { SESSION } from '../../../../support/parameter-events/envelopes';
import { NAMESPACES } from '../../../../support/parameter-events/fixtures';
import { type EventEnvelope, ParameterStoreModel } from '../../../../support/parameter-store';

const DAY = 86_400_000;

/** What a simulated Parameter Store tells of a parameter's life, in both families, as it comes out of the parser. */
function story() {
  let now = Date.parse('2026-03-01T10:00:00.400Z');
  const model = new ParameterStoreModel({ now: () => now });
  const told: EventEnvelope[] = [];
  model.onEvent((event) => told.push(event));
  const expiry = [{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: new Date(now + DAY).toISOString() } }];
  model.do('PutParameter', { Name: '/app/a', Value: 'one', Type: 'String' }, { arn: SESSION });
  model.do('PutParameter', { Name: '/app/a', Value: 'two', Overwrite: true });
  expect(() => model.do('PutParameter', { Name: '/app/a', Value: 'three', Type: 'String' })).toThrow();
  model.do('PutParameter', { Name: '/app/b', Value: 'one', Type: 'SecureString', Tier: 'Advanced', Policies: JSON.stringify(expiry) });
  model.do('PutParameter', { Name: '/apple', Value: 'one', Type: 'String' });
  model.do('LabelParameterVersion', { Name: '/app/a', ParameterVersion: 1, Labels: ['live', '1st'] });
  model.do('UnlabelParameterVersion', { Name: '/app/a', ParameterVersion: 1, Labels: ['live', 'none'] });
  model.do('DeleteParameters', { Names: ['/app/a', '/app/none', '/apple'] });
  now += 2 * DAY;
  model.do('DescribeParameters', {});
  return told;
}

function lines(events: readonly EventEnvelope[]): string[] {
  return events.flatMap((event) => parseEvent(JSON.parse(JSON.stringify(event)), NAMESPACES, { account: event.account, region: event.region }).events)
    .map(({ action, name, version, labels, actor }) => [action, name, version, labels, actor?.user?.split('/').at(-1)].flat().join(' ').trimEnd());
}

test('CloudTrail\'s events of a parameter\'s life', () => {
  expect(lines(story().filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail'))).toEqual([
    'PutParameter /app/a 1  session-1', 'PutParameter /app/a 2  tester', 'PutParameter /app/b 1  tester',
    'LabelParameterVersion /app/a 1 live tester', 'UnlabelParameterVersion /app/a 1 live tester', 'DeleteParameters /app/a   tester',
  ]);
});

test('Parameter Store\'s own events of a parameter\'s life', () => {
  expect(lines(story().filter((event) => event['detail-type'] !== 'AWS API Call via CloudTrail'))).toEqual(expect.arrayContaining([
    'PutParameter /app/a', 'PutParameter /app/b', 'LabelParameterVersion /app/a', 'DeleteParameter /app/a', 'Expiration /app/b',
  ]));
});
