import { concluded, deletion, fold, label, lostPut, put } from './records';

describe('deletions', () => {
  test('two records of one event are one, the last', () => {
    const [early, late] = [deletion(10_000, 'E'), deletion(10_301, 'E')];
    expect(fold(put(9_000, 1), early, put(10_300, 2), late)).toEqual([put(9_000, 1), put(10_300, 2), late]);
  });

  test('two events are two', () => {
    expect(fold(deletion(10_000, 'E'), deletion(10_000, 'F'))).toHaveLength(2);
  });

  test('one that was concluded is the one that an event tells of later', () => {
    const [begin, told] = [put(10_300, 1), deletion(15_000, 'E')];
    expect(fold(begin, concluded(begin, 20_000), told)).toEqual([begin, told]);
  });

  test('the event may be of the very second of what it ended, and stands before it', () => {
    const begin = put(10_300, 1);
    const end = concluded(begin, 20_000);
    expect(fold(begin, end, deletion(10_000, 'E', { user: 'arn:ann' }))).toEqual([
      begin, { ...deletion(10_000, 'E', { user: 'arn:ann' }), recordId: end.recordId, time: 10_300 },
    ]);
  });

  test.each([
    ['before that second', 9_999], ['after it was found', 20_001],
  ])('an event of %s is another deletion', (_, time) => {
    const begin = put(10_300, 1);
    expect(fold(begin, concluded(begin, 20_000), deletion(time, 'E'))).toHaveLength(3);
  });

  test('one that was concluded is one event\'s', () => {
    const begin = put(10_300, 1);
    expect(fold(begin, concluded(begin, 20_000), deletion(15_000, 'E'), deletion(16_000, 'F'))).toHaveLength(3);
  });

  test('what was created anew in between has a deletion of its own', () => {
    const [first, second] = [put(10_300, 1), put(12_000, 1)];
    const records = [first, concluded(first, 20_000), second, deletion(15_000, 'E')];
    expect(fold(...records)).toEqual(records);
  });

  test('an event that ended the former is not taken for the end of what was created in its second', () => {
    const [former, next] = [put(9_000, 5), put(10_300, 1)];
    const records = [former, deletion(10_000, 'E'), next, concluded(next, 60_000)];
    expect(fold(...records)).toEqual(records);
  });

  test('an end that was concluded twice, because a record has come since, is one, as early as either says', () => {
    const [begin, later] = [put(10_300, 1), label(12_000, 1, ['live'])];
    const again = concluded(later, 90_000);
    expect(fold(begin, concluded(begin, 20_000), later, again)).toEqual([begin, later, { ...again, time: 20_000 }]);
  });
});

describe('puts of which there was only an event', () => {
  test('is the version that came after all, with what the event tells', () => {
    const lost = lostPut(10_000, 2, 'E', { user: 'arn:ann', sourceIp: '192.0.2.1' });
    expect(fold(put(10_300, 2, { user: 'arn:Ann' }), lost)).toEqual([
      { ...put(10_300, 2), user: 'arn:Ann', sourceIp: '192.0.2.1', eventId: 'E' },
    ]);
  });

  test('without a version is any put of its time', () => {
    expect(fold(put(10_300, 2, { eventId: 'F' }), lostPut(10_000, undefined, 'E'))).toEqual([put(10_300, 2, { eventId: 'F' })]);
  });

  test.each([
    ['of another version', put(10_300, 3)], ['of another time', put(15_001, 2)], ['of another event', put(10_300, 2, { eventId: 'F' })],
  ])('is none %s', (_, record) => {
    expect(fold(record, lostPut(10_000, 2, 'E'))).toHaveLength(2);
  });

  test('is none after a deletion in between', () => {
    expect(fold(lostPut(10_000, 1, 'E'), deletion(11_000, 'F'), put(12_300, 1))).toHaveLength(3);
  });

  test('is none where the log says that it was deleted', () => {
    const lost = lostPut(10_000, 1, 'E');
    expect(fold(lost, concluded(lost, 10_299), put(10_300, 1))).toHaveLength(3);
  });

  test('one version is one event\'s', () => {
    expect(fold(lostPut(10_000, 1, 'E'), lostPut(11_000, 1, 'F'), put(11_300, 1)).map(({ recordId }) => recordId)).toEqual([
      lostPut(10_000, 1, 'E').recordId, put(11_300, 1).recordId,
    ]);
  });

  test('stands after the lower versions of its second', () => {
    expect(fold(lostPut(10_000, 3, 'E'), put(10_300, 2), put(11_000, 4)).map(({ version }) => version)).toEqual([2, 3, 4]);
  });
});
