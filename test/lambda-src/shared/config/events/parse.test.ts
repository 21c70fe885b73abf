import { InvalidEvent } from '../../../../../lambda-src/shared/config/events/invalid-event';
import { parseEvent } from '../../../../../lambda-src/shared/config/events/parse';
import { ACCOUNT, putCall, REGION, SECRET } from '../../../../support/parameter-events/envelopes';
import { FIXTURES, NAMESPACES } from '../../../../support/parameter-events/fixtures';
import { MALFORMED } from '../../../../support/parameter-events/malformed';

const HOME = { account: ACCOUNT, region: REGION };

/** As a queue gives it: what is undefined is not there. */
const received = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function failureOf(envelope: unknown): unknown {
  try {
    return parseEvent(envelope, NAMESPACES, HOME);
  } catch (error) {
    return error;
  }
}

test.each(FIXTURES.filter(({ events }) => events))('$title is a change', ({ envelope, events }) => {
  expect(parseEvent(received(envelope), NAMESPACES, HOME)).toEqual({ events });
});

test.each(FIXTURES.filter(({ ignored }) => ignored))('$title is ignored', ({ envelope, ignored }) => {
  expect(parseEvent(received(envelope), NAMESPACES, HOME)).toEqual({ events: [], ignored });
});

test.each(FIXTURES)('nothing of $title but what is known is kept', ({ envelope }) => {
  expect(JSON.stringify(parseEvent(received(envelope), NAMESPACES, HOME))).not.toContain(SECRET);
});

test.each(MALFORMED)('%s is refused', (_, envelope, reason) => {
  const failure = failureOf(envelope);
  expect(failure).toBeInstanceOf(InvalidEvent);
  expect((failure as Error).message).toBe(reason);
});

test('a reason holds nothing of the event', () => {
  const reasons = MALFORMED.map(([, envelope]) => String((failureOf(envelope) as Error).stack));
  expect(reasons.filter((reason) => reason.includes(SECRET))).toEqual([]);
});

test('where the handler does not know its account and Region, events of all are taken', () => {
  expect(parseEvent({ ...putCall(), account: '222222222222', region: 'us-east-1' }, NAMESPACES).events).toHaveLength(1);
});

test('the root namespace has every name, also one without a slash', () => {
  expect(parseEvent(putCall({ name: 'plain' }), ['/']).events).toMatchObject([{ name: 'plain' }]);
});

test('members that all objects have are no members of an event', () => {
  const members = '"__proto__":{"errorCode":"x"},"constructor":1,"responseElements":';
  const envelope = JSON.parse(JSON.stringify(putCall()).replace('"responseElements":', members));
  expect(parseEvent(envelope, NAMESPACES).events).toMatchObject([{ name: '/app/a', version: 7 }]);
  expect(({} as Record<string, unknown>).errorCode).toBeUndefined();
});
