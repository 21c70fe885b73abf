import fc from 'fast-check';
import { EMPTY_STATE, type CopyState } from '../../../../runtime/config/local/copy-state';
import { encodeMetadata, type Row } from '../../../../runtime/config/local/local-name';
import { byName } from '../../../../runtime/config/local/merge-rows';
import { NamesReader } from '../../../../runtime/config/local/names-reader';
import { memorySink } from '../../../../runtime/config/local/names-storage';
import { NamesView } from '../../../../runtime/config/local/names-view';
import { writeNames } from '../../../../runtime/config/local/names-writer';

jest.setTimeout(60_000);

const ID = '0123456789abcdef';
const row = (name: string, active = true, changed = 1): Row => ({ name, active, changed, json: encodeMetadata({ version: 1 }) });

function viewOf(base: readonly Row[], changes: readonly Row[] = [], own: CopyState['own'] = new Map()): NamesView {
  const reader = new NamesReader(writeNames(memorySink(), ID, [...base].sort(byName)), ID);
  const state = { ...EMPTY_STATE, changes: new Map(changes.map((each) => [each.name, each])), own };
  return new NamesView({ generation: 1, state, base: reader }, Date.now, (_, reason) => { throw reason; });
}
const names = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);

const SOME = ['/app', '/app-2', '/app.x', '/app/a', '/app/a/deep/er', '/app/b', '/apple', '/shared/x', 'plain', '-dash'];

test('a prefix ends where a path does', () => {
  const view = viewOf(SOME.map((name) => row(name)));
  expect(names(view.prefix('/app'))).toEqual(['/app', '/app/a', '/app/a/deep/er', '/app/b']);
  expect(names(view.prefix('/app/'))).toEqual(['/app/a', '/app/a/deep/er', '/app/b']);
  expect(names(view.prefix('/app/a'))).toEqual(['/app/a', '/app/a/deep/er']);
  expect(names(view.prefix('/ap'))).toEqual([]);
  expect(names(view.prefix('/'))).toEqual(SOME.filter((name) => name.startsWith('/')).sort());
  expect(names(view.prefix(''))).toEqual([...SOME].sort());
  expect(names(view.prefix('/app', { limit: 2 }))).toEqual(['/app', '/app/a']);
  expect(names(view.prefix('/app', { limit: 0 }))).toEqual([]);
});

test('completion goes by the text', () => {
  const view = viewOf(SOME.map((name) => row(name)));
  expect(names(view.startingWith('/ap'))).toEqual(['/app', '/app-2', '/app.x', '/app/a', '/app/a/deep/er', '/app/b', '/apple']);
  expect(names(view.startingWith('/app', { limit: 2 }))).toEqual(['/app', '/app-2']);
  expect(names(view.startingWith('/zoo'))).toEqual([]);
});

test('a name can be a parameter and a path', () => {
  const view = viewOf(['/a', '/a/b', '/a/c/d', '/a/c/e', 'plain'].map((name) => row(name)));
  expect(view.children('/')).toEqual([
    { name: '/a', isPath: true, isParameter: true, count: 3 }, { name: 'plain', isPath: false, isParameter: true, count: 0 },
  ]);
  expect(view.children('')).toEqual(view.children('/'));
  expect(view.children('/a')).toEqual([
    { name: '/a/b', isPath: false, isParameter: true, count: 0 }, { name: '/a/c', isPath: true, isParameter: false, count: 2 },
  ]);
  expect(view.children('/a/')).toEqual(view.children('/a'));
  expect(view.children('/a/b')).toEqual([]);
});

test('fuzzy search finds parts in spite of gaps, the best first, among many', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => row(`/app/service-${i}/database/password`));
  const view = viewOf([...many, row('/prod/billing/db-password'), row('/prod/billing/db-host')]);
  expect(names(view.fuzzy('billing host'))).toEqual(['/prod/billing/db-host']);
  expect(names(view.fuzzy('BILLING'))).toEqual(['/prod/billing/db-host', '/prod/billing/db-password']);
  expect(names(view.fuzzy('service-4711 password'))[0]).toBe('/app/service-4711/database/password');
  expect(view.fuzzy('password')).toHaveLength(100);
  expect(view.fuzzy('password', { limit: 7 })).toHaveLength(7);
  expect(view.fuzzy('zzzzzz')).toEqual([]);
  expect(view.fuzzy('')).toHaveLength(100);
  expect(names(view.fuzzy('/', { limit: 1 }))).toEqual(['/app/service-0/database/password']);
  expect(view.fuzzy('(', { limit: 1 })).toEqual([]);
});

test('searches over blocks, changes and own changes answer as a list of all names would', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', 'a-b', 'c.d', 'z');
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`) }, segment,
  );
  const some = fc.uniqueArray(fc.tuple(name, fc.boolean()), { maxLength: 60, selector: ([each]) => each });
  fc.assert(fc.property(some, some, some, name, fc.integer({ min: 0, max: 400 }), (base, changed, owned, path, filler) => {
    // So many names below one path fill blocks of their own.
    const fill = Array.from({ length: filler }, (_, i) => row(`/b/ab/${'x'.repeat(100)}${i}`));
    const own = new Map(owned.map(([each, active]) => [each, { name: each, active, json: '[]', at: 0, known: 0 }]));
    const rows = [...fill, ...base.map(([each, active]) => row(each, active))];
    const view = viewOf(rows, changed.map(([each, active]) => row(each, active, 2)), own);
    const all = new Map([...rows.map((each) => [each.name, each.active] as const), ...changed, ...owned]);
    const truth = [...all].filter(([, active]) => active).map(([each]) => each).sort();

    expect(names([...view.names()])).toEqual(truth);
    expect(view.count()).toBe(truth.length);
    expect(view.get(path) !== undefined).toBe(truth.includes(path));
    expect(names(view.startingWith(path))).toEqual(truth.filter((each) => each.startsWith(path)));
    expect(names(view.prefix(path)).sort()).toEqual(truth.filter((each) => each === path || each.startsWith(`${path}/`)));
    for (const folder of ['/', path]) expect(view.children(folder)).toEqual(childrenAmong(truth, folder));
  }), { numRuns: 300 });
});

function childrenAmong(all: readonly string[], path: string): object[] {
  const folder = path.endsWith('/') ? path : `${path}/`;
  const found = new Map<string, { isParameter: boolean; count: number }>();
  for (const name of all) {
    const isBare = folder === '/' && !name.startsWith('/');
    if (!isBare && !name.startsWith(folder)) continue;
    const [child, ...rest] = isBare ? [name] : name.slice(folder.length).split('/');
    const key = isBare ? name : folder + child;
    const { isParameter, count } = found.get(key) ?? { isParameter: false, count: 0 };
    found.set(key, rest.length > 0 ? { isParameter, count: count + 1 } : { isParameter: true, count });
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { isParameter, count }]) => ({ name, isPath: count > 0, isParameter, count }));
}
