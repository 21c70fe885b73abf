import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { dotenv } from '../../../cli/config/dotenv';

test('names are of what comes after the path, or of the last part', () => {
  expect(dotenv({ '/app/db/host': 'h', '/app/db-port': '1', '/app/2nd': 'x' }, '/app')).toBe('DB_HOST=h\nDB_PORT=1\n_2ND=x\n');
  expect(dotenv({ '/app/db/host:3': 'h', plain: 'p' })).toBe('HOST=h\nPLAIN=p\n');
  expect(() => dotenv({ '/app/a-b': '1', '/app/a/b': '2' }, '/app/')).toThrow("'/app/a-b' and '/app/a/b' would both be A_B");
});

test('a shell reads the same values', () => {
  const values = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom(...'ab \'"$`\\!#=\n\té{}') }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(values, (all) => {
    const named = Object.fromEntries(all.map((value, i) => [`/p/v${i}`, value]));
    const print = all.map((_, i) => `printf '%s\\0' "$V${i}"`).join('\n');
    const { stdout } = spawnSync('bash', ['-c', `${dotenv(named)}${print}`], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(all);
  }), { numRuns: 30 });
});

test('Node reads the same values, but for those with both kinds of quotes', () => {
  const parse = jest.requireActual<typeof import('node:util')>('node:util').parseEnv;
  const values = { '/p/a': 'plain', '/p/b': 'two words # no comment', '/p/c': 'x="y" $z', '/p/d': "it's", '/p/e': 'two\nlines' };
  expect(parse(dotenv(values))).toEqual({ A: 'plain', B: 'two words # no comment', C: 'x="y" $z', D: "it's", E: 'two\nlines' });
});
