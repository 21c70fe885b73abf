import { AwsError } from '../../../../runtime/aws/errors';
import type { AuditLogPlace } from '../../../../runtime/config/audit/log-place';
import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { replay, type ReplayOptions } from '../../../../runtime/config/replay/replay';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { concluded, deletion, label, lostPut, put } from '../audit/records';

const of = (name: string, record: AuditRecord): AuditRecord => ({ ...record, name });
const gone = of('/app/db/b', put(10_000, 1));
const RECORDS: readonly AuditRecord[] = [
  of('/app', put(10_000, 1, { tier: 'Advanced', user: 'arn:ann', policies: '[]' })),
  of('/app', label(12_000, 1, ['live'])), of('/app', put(20_000, 2)),
  of('/app/a', put(10_000, 1)), of('/app/a', deletion(30_000, 'E')),
  gone, concluded(gone, 40_000),
  of('/apple', put(10_000, 1)), of('/shared/x', lostPut(10_000, 3, 'F')),
];
const reader = (pageSize: number) => new MemoryAuditReader(RECORDS, pageSize);
const place = (pageSize = 2): AuditLogPlace => ({
  reader: reader(pageSize), namespaces: ['/app', '/shared'], names: async () => ['/app', '/app/a', '/app/db/b', '/app/never'],
});

async function all(options: Partial<ReplayOptions> = {}): Promise<unknown[]> {
  const found: { name: string }[] = [];
  for await (const parameter of replay({ place: place(), now: () => 1e6, ...options } as ReplayOptions)) found.push(parameter);
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

const app = { name: '/app', version: 1, lastModified: 10_000, lastModifiedUser: 'arn:ann', type: 'String', tier: 'Advanced', policies: '[]' };
const plain = (name: string) => ({ name, version: 1, lastModified: 10_000, type: 'String' });

test('what there is now', async () => {
  const apple = plain('/apple');
  expect(await all()).toEqual([
    { name: '/app', version: 2, lastModified: 20_000, type: 'String', labels: { 1: ['live'] } }, apple,
    { name: '/shared/x', version: 3, lastModified: 10_000 },
  ]);
});

test('what there was at an instant, with what is uncertain', async () => {
  const then = [{ ...app, labels: { 1: ['live'] } }, plain('/app/a'), { ...plain('/app/db/b'), uncertain: { after: 10_000, before: 40_000 } }];
  expect((await all({ time: 15_000 })).slice(0, 3)).toEqual(then);
  expect(await all({ time: new Date(15_000), prefix: '/app/' })).toEqual(then);
  expect(await all({ time: 15_000, names: ['/app/a', '/app'] })).toEqual(then.slice(0, 2));
  expect(await all({ time: 15_000, prefix: '/app/db' })).toEqual(then.slice(2));
  expect(await all({ time: 9_999 })).toEqual([]);
});

test('names come sorted, each once', async () => {
  const found: string[] = [];
  for await (const { name } of replay({ place: place(), now: () => 15_000, names: ['/app/a', '/app', '/app/a'] } as ReplayOptions)) found.push(name);
  expect(found).toEqual(['/app', '/app/a']);
});

test('values are there if they are asked for', async () => {
  expect(await all({ time: 10_000, names: ['/app'], values: true })).toEqual([{ ...app, value: 'v1 of 10000' }]);
  expect(JSON.stringify(await all({ time: 15_000 }))).not.toContain('v1 of');
});

test('of the whole log, the same for pages of any size', async () => {
  const whole = await all({ time: 15_000 });
  for (const pageSize of [1, 3, 100]) expect(await all({ time: 15_000, place: place(pageSize), prefix: '/' })).toEqual(whole);
});

test('of a name that is written all the time, no more is held than it takes', async () => {
  const puts = Array.from({ length: 10_000 }, (_, i) => put(1_000 + i * 10, i + 1));
  const busy = { ...place(), reader: new MemoryAuditReader([...puts, label(1_000, 1, ['first'])], 1_000) };
  expect(await all({ place: busy, time: 90_995 })).toEqual([
    { name: '/app/a', version: 9_000, lastModified: 90_990, type: 'String', labels: { 1: ['first'] } },
  ]);
});

test.each([
  [{ prefix: '/app', names: ['/app'] }, /cannot be given both/], [{ prefix: 'app' }, /prefix must be a path/], [{ names: '/app' }, /names must be a list/],
  [{ names: [''] }, /names must be a list/], [{ time: -1 }, /time must be a Date/], [{ time: 'now' }, /time must be a Date/], [{ time: Infinity }, /time must be a Date/],
  [{ prefix: '/other' }, /prefix must be in the footprint's namespaces \(\/app, \/shared\) or above them, got '\/other'/],
])('refuses %j', async (options, message) => {
  await expect(all(options as unknown as ReplayOptions)).rejects.toThrow(expect.objectContaining({
    code: 'E_CONFIG_REPLAY', message: expect.stringMatching(message) as string,
  }) as Error);
});

test.each([[{}, 'prefix "/"'], [{ prefix: '/app' }, 'the prefix \'/app\'']])('says which permission it takes: %j', async (options, message) => {
  const denied = () => Promise.reject(new AwsError('Scan: AccessDeniedException: no', { failure: 'denied', name: 'AccessDeniedException' }));
  const closed = { ...place(), reader: { page: denied, scan: denied, newest: denied, last: denied } };
  await expect(all({ place: closed, ...options })).rejects.toMatchObject({
    code: 'E_CONFIG_AUDIT_DENIED', message: expect.stringContaining(message) as string,
  });
});
