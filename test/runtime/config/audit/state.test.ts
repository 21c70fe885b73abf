import { CONFIG_ACTION } from '../../../../lib/contract/config';
import { stateAt } from '../../../../runtime/config/audit/state';
import { concluded, deletion, label, lostPut, put, sorted } from './records';

const at = (time: number, ...records: Parameters<typeof sorted>[0]) => stateAt(sorted(records), time);
/** What it was; of what was deleted before only where that matters. */
const was = (time: number, ...records: Parameters<typeof sorted>[0]) => {
  const { deleted: _, ...state } = at(time, ...records);
  return state;
};
const uncertain = { after: 10_000, before: 20_000 };

test('nothing is known of what has no records', () => {
  expect(was(1)).toEqual({ exists: false, labels: new Map() });
});

test('it has the version of the last put, from its very instant on', () => {
  const records = [put(10_000, 1), put(20_000, 2)];
  expect(was(9_999, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(was(10_000, ...records)).toEqual({ exists: true, put: records[0], labels: new Map() });
  expect(was(19_999, ...records).put).toEqual(records[0]);
  expect(was(20_000, ...records).put).toEqual(records[1]);
});

test('what was deleted does not exist, until it is created anew', () => {
  const records = [put(10_000, 1), deletion(20_000, 'E'), put(30_000, 1)];
  expect(was(20_000, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(was(29_999, ...records)).toEqual({ exists: false, labels: new Map() });
  expect(was(30_000, ...records).put).toEqual(records[2]);
});

test('of what was deleted it is known what it was last', () => {
  const records = [put(10_000, 1), put(11_000, 2), deletion(20_000, 'E'), put(30_000, 1)];
  expect(at(25_000, ...records).deleted).toEqual({ put: records[1], after: 20_000, before: 20_000 });
  expect(at(9_999, ...records).deleted).toBeUndefined();
  expect(at(30_000, ...records).deleted).toBeUndefined();
  expect(at(60_000, put(10_000, 1), concluded(put(10_000, 1), 50_000)).deleted).toEqual({ put: put(10_000, 1), after: 10_000, before: 50_000 });
});

test('a batch and a policy delete, too', () => {
  for (const action of [CONFIG_ACTION.deleteMany, CONFIG_ACTION.expire]) {
    expect(at(20_000, put(10_000, 1), deletion(20_000, 'E', { action })).exists).toBe(false);
  }
});

describe('a deletion that was concluded', () => {
  const records = [put(10_000, 1), concluded(put(10_000, 1), 20_000)];

  test('leaves uncertain when it was', () => {
    expect(was(10_000, ...records)).toEqual({ exists: true, put: records[0], labels: new Map() });
    expect(was(10_001, ...records)).toEqual({ exists: true, put: records[0], labels: new Map(), uncertain });
    expect(was(19_999, ...records).uncertain).toEqual(uncertain);
    expect(was(20_000, ...records)).toEqual({ exists: false, labels: new Map() });
  });

  test('is certain once an event tells of it', () => {
    const told = deletion(15_000, 'E');
    expect(was(14_999, ...records, told)).toEqual({ exists: true, put: records[0], labels: new Map() });
    expect(was(15_000, ...records, told)).toEqual({ exists: false, labels: new Map() });
  });

  test('was after what is known of it since, and before it was created anew', () => {
    expect(was(16_000, ...records, label(13_000, 1, ['live'])).uncertain).toEqual({ after: 13_000, before: 20_000 });
    expect(was(13_000, ...records, label(13_000, 1, ['live'])).uncertain).toBeUndefined();
    expect(was(16_000, ...records, put(17_000, 1)).uncertain).toEqual({ after: 10_000, before: 17_000 });
    expect(was(17_000, ...records, put(17_000, 1))).toEqual({ exists: true, put: put(17_000, 1), labels: new Map() });
    expect(was(16_000, ...records, put(17_000, 2))).toEqual({ exists: true, put: records[0], labels: new Map() });
  });
});

describe('a deletion whose event was told after it was created anew within that second', () => {
  const former = put(10_000, 2);
  const told = deletion(20_301, 'E'); // of 20 s; the log's last record of that second was the new parameter's
  const records = [former, concluded(former, 20_299), put(20_300, 1), told];

  test('ended the former, as is seen where the versions of the new one go on', () => {
    const isNew = { exists: true, put: put(20_300, 1), labels: new Map() };
    for (const time of [20_300, 25_000, 30_000]) expect(was(time, ...records, put(40_000, 2))).toEqual(isNew);
    expect(was(20_000, ...records, put(40_000, 2))).toEqual({ exists: false, labels: new Map() });
    expect(was(19_999, ...records, put(40_000, 2))).toEqual({ exists: true, put: former, labels: new Map() });
  });

  test('ended the new one otherwise', () => {
    expect(was(25_000, ...records).exists).toBe(false);
    expect(was(25_000, ...records, put(40_000, 1)).exists).toBe(false);
    expect(was(25_000, former, put(20_300, 1), told, put(40_000, 2))).toMatchObject({ exists: false });
  });
});

test('what was created anew has been deleted at a time that nobody has told', () => {
  expect(was(15_000, put(10_000, 3), put(20_000, 1))).toMatchObject({ exists: true, uncertain });
  expect(was(20_000, put(10_000, 3), put(20_000, 1))).toEqual({ exists: true, put: put(20_000, 1), labels: new Map() });
});

test('what is older than the log may have existed before', () => {
  expect(was(9_999, put(10_000, 7))).toEqual({ exists: false, labels: new Map(), uncertain: { after: 0, before: 10_000 } });
  expect(was(9_999, deletion(10_000, 'E')).uncertain).toEqual({ after: 0, before: 10_000 });
  expect(was(15_000, deletion(10_000, 'E'), put(20_000, 2)).uncertain).toEqual(uncertain);
});

describe('puts of which there is only an event', () => {
  test('is a version of which the value is not known', () => {
    expect(was(20_000, put(10_000, 1), lostPut(20_000, 2, 'E')).put).toEqual(lostPut(20_000, 2, 'E'));
    expect(was(20_000, put(10_000, 1), lostPut(20_000, undefined, 'E')).put?.value).toBeUndefined();
  });

  test('counts after the lower versions of its second', () => {
    expect(was(20_900, put(10_000, 1), lostPut(20_000, 3, 'E'), put(20_300, 2)).put?.version).toBe(3);
  });
});

describe('labels', () => {
  const puts = [put(10_000, 1), put(20_000, 2)];

  test('are on one version at most, and can be taken away', () => {
    const labels = [label(11_000, 1, ['live', 'first']), label(21_000, 2, ['live']), label(22_000, 1, ['first'], CONFIG_ACTION.unlabel)];
    expect(was(15_000, ...puts, ...labels).labels).toEqual(new Map([[1, ['first', 'live']]]));
    expect(was(21_000, ...puts, ...labels).labels).toEqual(new Map([[2, ['live']], [1, ['first']]]));
    expect(was(22_000, ...puts, ...labels).labels).toEqual(new Map([[2, ['live']]]));
  });

  test('are gone with the parameter', () => {
    const records = [...puts, label(21_000, 2, ['live']), deletion(30_000, 'E'), put(40_000, 1)];
    expect(was(40_000, ...records).labels).toEqual(new Map());
  });

  test('without a version are on the one of their time', () => {
    expect(was(15_000, ...puts, { ...label(11_000, 1, ['live']), version: undefined }).labels).toEqual(new Map([[1, ['live']]]));
  });
});
