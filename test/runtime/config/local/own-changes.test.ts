import { encodeMetadata, type LocalMetadata, type Row } from '../../../../runtime/config/local/local-name';
import { agrees, ownDelete, ownPut } from '../../../../runtime/config/local/own-changes';

const row = (changed: number, metadata: LocalMetadata | undefined): Row =>
  ({ name: '/app/a', changed, active: metadata !== undefined, json: encodeMetadata(metadata ?? {}) });

describe('an own delete', () => {
  const deleted = ownDelete('/app/a', row(100, { version: 2, lastModified: 90 }), 1_000);

  test.each([
    ['the row that was known', row(100, { version: 2, lastModified: 90 }), false],
    ['a row that says so', row(200, undefined), true],
    ['what somebody put before it', row(200, { version: 3, lastModified: 150 }), false],
    ['the same version again, from an answer that is old', row(200, { version: 2, lastModified: 90 }), false],
    ['what was created after it, by replication say', row(200, { version: 1, lastModified: 150 }), true],
  ])('%s', (_, now, ends) => expect(agrees(deleted, now)).toBe(ends));

  test('of what was not known ends only with a row that says so', () => {
    const unknown = ownDelete('/app/a', undefined, 1_000);
    expect([agrees(unknown, row(200, { version: 1, lastModified: 150 })), agrees(unknown, row(200, undefined))]).toEqual([false, true]);
  });
});

test.each([[1, false], [2, true], [3, true]])('an own put of version 2, and a row with version %i', (version, ends) => {
  const put = ownPut('/app/a', { version: 2 }, row(100, { version: 1 }), 1_000);
  expect(agrees(put, row(200, { version }))).toBe(ends);
});
