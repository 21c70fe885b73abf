import { CONFIG_ACTION } from '../../../../lib/contract/config';
import { stateAt } from '../../../../runtime/config/audit/state';
import { concluded, deletion, label, lostPut, put, sorted } from './records';

const at = (time: number, ...records: Parameters<typeof sorted>[0]) => stateAt(sorted(records), time);
const uncertain = { after: 10_000, before: 20_000 };

test('nothing is known of what has no records', () => {
  expect(at(1)).toEqual({ exists: false, labels: new Map() });
});

test('it has the version of the last put, from its very instant on', () => {
  const records = [put(10_000, 1), put(20_000, 2)];
  expect(at(9_999, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(at(10_000, ...records)).toEqual({ exists: true, put: records[0], labels: new Map() });
  expect(at(19_999, ...records).put).toEqual(records[0]);
  expect(at(20_000, ...records).put).toEqual(records[1]);
});

test('what was deleted does not exist, until it is created anew', () => {
  const records = [put(10_000, 1), deletion(20_000, 'E'), put(30_000, 1)];
  expect(at(20_000, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(at(29_999, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(at(30_000, ...records).put).toEqual(records[2]);
});

test('a batch and a policy delete, too', () => {
  for (const action of [CONFIG_ACTION.deleteMany, CONFIG_ACTION.expire]) {
    expect(at(20_000, put(10_000, 1), deletion(20_000, 'E', { action })).exists).toBe(false);
  }
});

describe('a deletion that was concluded', () => {
  const records = [put(10_000, 1), concluded(put(10_000, 1), 20_000)];

  test('leaves uncertain when it was', () => {
    expect(at(10_000, ...records)).toEqual({ exists: true, put: records[0], labels: new Map() });
    expect(at(10_001, ...records)).toEqual({ exists: true, put: records[0], labels: new Map(), uncertain });
    expect(at(19_999, ...records).uncertain).toEqual(uncertain);
    expect(at(20_000, ...records)).toEqual({ exists: false, labels: new Map() });
  });

  test('is certain once an event tells of it', () => {
    const told = deletion(15_000, 'E');
    expect(at(14_999, ...records, told)).toEqual({ exists: true, put: records[0], labels: new Map() });
    expect(at(15_000, ...records, told)).toEqual({ exists: false, labels: new Map() });
  });

  test('was after what is known of it since, and before it was created anew', () => {
    expect(at(16_000, ...records, label(13_000, 1, ['live'])).uncertain).toEqual({ after: 13_000, before: 20_000 });
    expect(at(13_000, ...records, label(13_000, 1, ['live'])).uncertain).toBeUndefined();
    expect(at(16_000, ...records, put(17_000, 1)).uncertain).toEqual({ after: 10_000, before: 17_000 });
    expect(at(17_000, ...records, put(17_000, 1))).toEqual({ exists: true, put: put(17_000, 1), labels: new Map() });
    expect(at(16_000, ...records, put(17_000, 2))).toEqual({ exists: true, put: records[0], labels: new Map() });
  });
});

test('what was created anew has been deleted at a time that nobody has told', () => {
  expect(at(15_000, put(10_000, 3), put(20_000, 1))).toMatchObject({ exists: true, uncertain });
  expect(at(20_000, put(10_000, 3), put(20_000, 1))).toEqual({ exists: true, put: put(20_000, 1), labels: new Map() });
});

test('what is older than the log may have existed before', () => {
  expect(at(9_999, put(10_000, 7))).toEqual({ exists: false, labels: new Map(), uncertain: { after: 0, before: 10_000 } });
  expect(at(9_999, deletion(10_000, 'E')).uncertain).toEqual({ after: 0, before: 10_000 });
  expect(at(15_000, deletion(10_000, 'E'), put(20_000, 2)).uncertain).toEqual(uncertain);
});

describe('puts of which there is only an event', () => {
  test('is a version of which the value is not known', () => {
    expect(at(20_000, put(10_000, 1), lostPut(20_000, 2, 'E')).put).toEqual(lostPut(20_000, 2, 'E'));
    expect(at(20_000, put(10_000, 1), lostPut(20_000, undefined, 'E')).put?.value).toBeUndefined();
  });

  test('counts after the lower versions of its second', () => {
    expect(at(20_900, put(10_000, 1), lostPut(20_000, 3, 'E'), put(20_300, 2)).put?.version).toBe(3);
  });
});

describe('labels', () => {
  const puts = [put(10_000, 1), put(20_000, 2)];

  test('are on one version at most, and can be taken away', () => {
    const labels = [label(11_000, 1, ['live', 'first']), label(21_000, 2, ['live']), label(22_000, 1, ['first'], CONFIG_ACTION.unlabel)];
    expect(at(15_000, ...puts, ...labels).labels).toEqual(new Map([[1, ['first', 'live']]]));
    expect(at(21_000, ...puts, ...labels).labels).toEqual(new Map([[2, ['live']], [1, ['first']]]));
    expect(at(22_000, ...puts, ...labels).labels).toEqual(new Map([[2, ['live']]]));
  });

  test('are gone with the parameter', () => {
    const records = [...puts, label(21_000, 2, ['live']), deletion(30_000, 'E'), put(40_000, 1)];
    expect(at(40_000, ...records).labels).toEqual(new Map());
  });

  test('without a version are on the one of their time', () => {
    expect(at(15_000, ...puts, { ...label(11_000, 1, ['live']), version: undefined }).labels).toEqual(new Map([[1, ['live']]]));
  });
});
