import fc from 'fast-check';
import { cells } from '../../../../cli/cells';
import { beginAt } from '../../../../cli/config/browse/begin';
import { geometryOf } from '../../../../cli/config/browse/geometry';
import type { Names } from '../../../../cli/config/browse/names';
import { current, initialState, type BrowseState, type Effect } from '../../../../cli/config/browse/state';
import type { Key } from '../../../../cli/config/browse/key';
import { update, type BrowseEvent } from '../../../../cli/config/browse/update';
import { screenOf } from '../../../../cli/config/browse/view';
import { FakeNames, manyNames } from './fake-names';

const NOW = Date.UTC(2026, 0, 1, 0, 3);
const PLACE = { footprint: 'prod', account: '111122223333', region: 'eu-west-1' };
const SMALL = ['/app/db/url', '/app/db/password', '/app/log', '/other/x', '/app/db', 'plain'];

/** A person at the keyboard. */
class Person {
  state: BrowseState;
  effects: Effect[] = [];

  constructor(readonly names: Names = new FakeNames(SMALL), root = '/', size = { columns: 80, rows: 24 }) {
    this.state = initialState(names, root, size, NOW);
  }

  tell(event: BrowseEvent): this {
    const { state, effects } = update(this.state, event);
    this.state = state;
    this.effects = [...effects];
    return this;
  }

  press(...keys: readonly (Exclude<Key, object> | { text: string })[]): this {
    for (const key of keys) this.tell({ kind: 'key', key });
    return this;
  }

  type(text: string): this {
    for (const character of text) this.press({ text: character });
    return this;
  }

  get at() { return current(this.state)?.name; }
  get screen() { return screenOf(this.state, PLACE).map((line) => line.map(({ text }) => text).join('')); }
}

test('begins at a path, and at a parameter in the path that it is in', () => {
  const begin = (path: string) => beginAt(path, new FakeNames(SMALL), { columns: 80, rows: 24 }, NOW);
  const paths = ['/app/db/', '/app/log', '/app/db/url', '/none'];
  expect(paths.map((path) => begin(path).root)).toEqual(['/app/db', '/app', '/app/db', '/none']);
  expect(current(begin('/app/log'))?.name).toBe('/app/log');
  expect(begin('/').root).toBe('/');
});

describe('the tree', () => {
  test('opens what is asked for, and nothing before', () => {
    const names = new FakeNames(SMALL);
    const person = new Person(names);
    expect(names.opened).toEqual(['/']);
    person.press('right');
    expect([person.at, names.opened.at(-1)]).toEqual(['/app', '/app']);
    expect(person.screen.slice(1, 5).map((line) => line.trim())).toEqual(['›▾ app/ 4', '▸ db 2', 'log', '▸ other/ 1']);
  });

  test('goes in with →, out with ←, and closes', () => {
    const person = new Person().press('right', 'right', 'right', 'right');
    expect(person.at).toBe('/app/db/password');
    expect(person.press('left').at).toBe('/app/db');
    expect(person.press('left').state.open.has('/app/db')).toBe(false);
    expect(person.press('left').at).toBe('/app');
    expect(person.press('left').state.layout.count).toBe(2);
    expect(person.press('left').at).toBe('/app');
  });

  test('starts at a path', () => {
    expect(new Person(new FakeNames(SMALL), '/app/db').screen[1]).toContain('password');
  });

  test('with a hundred thousand names asks only for what is open, and shows only what is seen', () => {
    const names = new FakeNames(manyNames(100_000));
    const person = new Person(names).press('right', 'down', 'right');
    expect(names.opened).toEqual(['/', '/', '/service-0', '/', '/service-0', '/service-0/group-0']);
    expect(person.state.layout.count).toBe(10 + 100 + 100);
    expect(person.press('end').at).toBe('/service-9');
    expect(person.press('pageUp').screen).toHaveLength(24);
  });

  test('an empty copy says what to do', () => {
    expect(new Person(new FakeNames([], 'never')).screen.join('\n')).toMatch(/0 parameters, never synced[^]*r asks for changes/);
    const person = new Person(new FakeNames([]));
    expect(person.press('up', 'down', 'right', 'left', 'enter', 'end', 'tab', { text: 'c' }, { text: 'h' }).effects).toEqual([]);
  });
});

describe('a value', () => {
  const secret = { kind: 'value', name: '/other/x', value: 'hunter2', type: 'SecureString', version: 3 } as const;
  const atSecret = () => new Person().press('down', 'right', 'right');
  const fetched = (person: Person, content = secret) => {
    const effect = person.effects[0];
    if (effect?.kind !== 'fetch') throw new Error('nothing is fetched');
    return person.tell({ kind: 'fetched', wanted: effect.wanted, content });
  };

  test('is asked for with Enter, and masked until v', () => {
    const person = atSecret().press('enter');
    expect(person.effects).toEqual([{ kind: 'fetch', wanted: { what: 'value', name: '/other/x' } }]);
    expect(fetched(person).screen.join('\n')).toContain('••••••••');
    expect(person.screen.join('\n')).not.toContain('hunter2');
    expect(person.press({ text: 'v' }).screen.join('\n')).toContain('hunter2');
    expect(person.press({ text: 'v' }).screen.join('\n')).not.toContain('hunter2');
  });

  test('of a kind that is not known is masked too', () => {
    const content = { kind: 'value', name: '/other/x', value: 'hunter2' } as const;
    expect(fetched(atSecret().press('enter'), content as never).screen.join('\n')).not.toContain('hunter2');
  });

  test('is forgotten when the cursor leaves, also if it comes late', () => {
    const person = atSecret().press('enter');
    expect(fetched(person).press('up').state.content).toBeUndefined();
    const late = atSecret().press('enter');
    const { effects } = late;
    late.press('up');
    late.effects = effects;
    expect(fetched(late).state.content).toBeUndefined();
    expect(JSON.stringify(late.state)).not.toContain('hunter2');
  });

  test('is copied with C without being shown; the name with c', () => {
    const person = atSecret().press({ text: 'C' });
    expect(fetched(person).effects).toEqual([{ kind: 'copy', text: 'hunter2', what: 'the value' }]);
    expect(person.screen.join('\n')).not.toContain('hunter2');
    expect(person.press({ text: 'c' }).effects).toEqual([{ kind: 'copy', text: '/other/x', what: 'the name' }]);
  });

  test('with control characters, long and of many lines stays text, and can be read to its end', () => {
    const value = ['\x1b]0;owned\x07', `wide ${'漢字'.repeat(50)}`, ...Array.from({ length: 50 }, (_, i) => `line ${i}`)].join('\n');
    const person = fetched(atSecret().press('enter'), { ...secret, type: 'String', value } as never);
    expect(person.screen.join('\n')).toContain('\\u{1b}]0;owned\\u{7}');
    expect(person.press('enter', 'end').screen.join('\n')).toContain('line 49');
    expect(person.press('escape').state.isReading).toBe(false);
  });

  test('that cannot be read is an error in the status line', () => {
    const person = atSecret().press('enter');
    const [effect] = person.effects;
    if (effect.kind !== 'fetch') throw new Error('nothing is fetched');
    person.tell({ kind: 'notFetched', wanted: effect.wanted, message: 'access denied\x1b[2J' });
    expect(person.screen.at(-2)).toContain('access denied\\u{1b}[2J');
  });
});

describe('history, synchronization, help', () => {
  test('h asks for the history', () => {
    const person = new Person().press('down', 'right', 'right', { text: 'h' });
    const wanted = { what: 'history', name: '/other/x' } as const;
    expect(person.effects).toEqual([{ kind: 'fetch', wanted }]);
    const changes = [{ time: NOW, action: 'PutParameter', version: 2, user: 'arn:aws:iam::111122223333:user/ann' }];
    person.tell({ kind: 'fetched', wanted: person.state.awaited!, content: { kind: 'history', name: '/other/x', changes, isWhole: false } });
    expect(person.screen.join('\n')).toMatch(/2026-01-01 00:03:00Z {2}PutParameter {2}v2 {2}arn:aws:iam::111122223333:user\/ann[^]*and more/);
  });

  test('r asks for changes once, and keeps the place', () => {
    const person = new Person().press('right', 'right', 'down', { text: 'r' });
    expect([person.at, person.effects]).toEqual(['/app/log', [{ kind: 'sync' }]]);
    expect(person.press({ text: 'r' }).effects).toEqual([]);
    person.tell({ kind: 'synced', names: new FakeNames([...SMALL, '/aaa', '/app/alpha']), message: '2 changes' });
    expect([person.at, person.screen.at(-2)]).toEqual(['/app/log', ' 2 changes']);
    person.press({ text: 'r' }).tell({ kind: 'notSynced', message: 'no network' });
    expect([person.at, person.screen.at(-2), person.state.isSyncing]).toEqual(['/app/log', ' no network', false]);
  });

  test('? shows the keys, any key hides them; q and Ctrl-C leave', () => {
    const person = new Person().press({ text: '?' });
    expect(person.screen.join('\n')).toContain('copy the name, the value');
    expect(person.press('down').screen.join('\n')).not.toContain('copy the name, the value');
    expect(person.press({ text: 'q' }).effects).toEqual([{ kind: 'quit' }]);
    expect(person.press('ctrl-c').effects).toEqual([{ kind: 'quit' }]);
  });
});

describe('a search', () => {
  const searched = (text: string, names: Names = new FakeNames(SMALL)) => {
    const person = new Person(names).press({ text: '/' }).type(text);
    return person.tell({ kind: 'matches', text, names: names.search(text, 10) });
  };

  test('filters while it is typed, goes there with Enter, and on with n and N', () => {
    const person = searched('db');
    expect(person.effects).toEqual([]);
    expect(person.screen.slice(1, 4).map((line) => line.trim())).toEqual(['› /app/db', '/app/db/password', '/app/db/url']);
    expect(person.press('down', 'enter').at).toBe('/app/db/password');
    expect(person.press({ text: 'n' }).at).toBe('/app/db/url');
    expect(person.press({ text: 'n' }).at).toBe('/app/db');
    expect(person.press({ text: 'N' }).at).toBe('/app/db/url');
  });

  test('takes every letter as a letter, q too; a late answer is dropped', () => {
    const person = new Person().press({ text: '/' }).type('q');
    expect(person.effects).toEqual([{ kind: 'search', text: 'q' }]);
    expect(person.tell({ kind: 'matches', text: 'other', names: ['/other/x'] }).state.search?.matches).toEqual([]);
    expect(person.press('escape').state.search).toBeUndefined();
  });

  test('without a match says so', () => {
    expect(searched('zzz').screen[2]).toContain('no name is like');
    expect(searched('zzz').press('enter').screen.at(-2)).toContain("no name is like 'zzz'");
    expect(new Person().press({ text: 'n' }).screen.at(-2)).toContain('press /');
  });

  test('backspace takes back, and leaves at last', () => {
    const person = new Person().press({ text: '/' }).type('ab').press('backspace');
    expect(person.effects).toEqual([{ kind: 'search', text: 'a' }]);
    expect(person.press('backspace', 'backspace').state.search).toBeUndefined();
  });
});

test('below 40×10 says so, and q leaves; larger again, the place is kept', () => {
  const person = new Person().press('down').tell({ kind: 'size', columns: 39, rows: 10 });
  expect(person.screen.slice(0, 2)).toEqual(['too small a terminal', '39×10, not 40×10']);
  expect(person.press('down', { text: 'q' }).effects).toEqual([{ kind: 'quit' }]);
  expect(person.tell({ kind: 'size', columns: 40, rows: 10 }).at).toBe('/other');
});

test('whatever is pressed, the screen is whole: its lines fit, and the cursor is on it', () => {
  const names = new FakeNames([...SMALL, ...manyNames(300), `/long/${'x'.repeat(900)}`, '/漢字/かな/値', '/bad/\x1b[2J']);
  const key = fc.oneof(
    fc.constantFrom<Key>('up', 'down', 'left', 'right', 'pageUp', 'pageDown', 'home', 'end', 'enter', 'escape', 'backspace', 'tab', 'ctrl-u'),
    fc.constantFrom('/', 'n', 'N', 'h', 'c', 'C', 'v', 'r', '?', 'x', 'app').map((text) => ({ text })));
  const size = fc.record({ kind: fc.constant('size' as const), columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 40 }) });
  const events = fc.array(fc.oneof({ weight: 10, arbitrary: key.map((key): BrowseEvent => ({ kind: 'key', key })) }, size), { maxLength: 60 });
  fc.assert(fc.property(events, (list) => {
    const person = new Person(names);
    for (const event of list) {
      person.tell(event);
      for (const effect of person.effects) {
        if (effect.kind === 'search') person.tell({ kind: 'matches', text: effect.text, names: names.search(effect.text, 20) });
        if (effect.kind === 'sync') person.tell({ kind: 'synced', names, message: '' });
        if (effect.kind === 'fetch') {
          const { wanted } = effect;
          person.tell({ kind: 'fetched', wanted, content: { kind: 'value', name: wanted.name, value: '値\x1b[2J\n'.repeat(30), type: 'String' } });
        }
      }
      const { state, screen } = person;
      expect(screen).toHaveLength(state.rows);
      for (const line of screen) expect(cells(line)).toBeLessThanOrEqual(state.columns);
      expect(screen.join('')).not.toContain('\x1b');
      const { list } = geometryOf({ ...state, isReading: false, search: undefined });
      if (list > 0) expect(state.cursor - state.top).toBeLessThan(list);
      expect(state.cursor).toBeGreaterThanOrEqual(state.top);
    }
  }), { numRuns: 200 });
});
