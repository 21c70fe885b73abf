import { columns } from '../../cli/columns';
import type { Output } from '../../cli/context';
import { widthOf, wrapped, wrappedHelp } from '../../cli/wrapped';

test('only a terminal has a width', () => {
  expect(widthOf({ isTTY: true, columns: 40 } as Output)).toBe(40);
  expect(widthOf({ isTTY: true } as Output)).toBe(80);
  expect(widthOf({ columns: 40 } as Output)).toBe(Infinity);
});

test('text is parted between words, never in one', () => {
  expect(wrapped('  note: labels of others are not seen', 20, 6)).toBe('  note: labels of\n      others are not\n      seen');
  expect(wrapped('by arn:aws:iam::123456789012:user/tester', 20, 2)).toBe('by\n  arn:aws:iam::123456789012:user/tester');
  expect(wrapped('日本日本 日本', 9)).toBe('日本日本\n日本');
  expect(wrapped('as it is', Infinity)).toBe('as it is');
});

const ROWS = [['  ~ /app/db/host', 'String', 'changed', 'version 1 over version 2'], ['  ! /app/x', 'String', 'created later']];

test('a row that is too long goes on in the next line, between columns', () => {
  expect(columns(ROWS, { width: 45 })).toBe([
    '  ~ /app/db/host  String  changed', '      version 1 over version 2', '  ! /app/x        String  created later',
  ].join('\n'));
  const table = [['name', 'written', 'by'], ['/app/db', '2026-11-21', 'x']];
  expect(columns(table, { width: 18 })).toBe('name\n      written\n      by\n/app/db\n      2026-11-21\n      x');
  expect(columns(ROWS, { width: 24 })).toBe([
    '  ~ /app/db/host  String', '      changed', '      version 1 over', '      version 2', '  ! /app/x        String', '      created later',
  ].join('\n'));
  expect(columns(ROWS).split('\n')).toHaveLength(2);
});

test('columns to the right, of characters of any width', () => {
  expect(columns([['name', 'n'], ['日本', '1,234']], { right: true })).toBe('name      n\n日本  1,234');
});

test('the paragraphs of a help are made anew, its commands are left to be copied', () => {
  const help = ['Usage: x', '', 'A parameter that exists gets', 'the former version.', '', 'Examples:',
    '  cache-tiers config restore --prefix /app', '  130  stopped by Ctrl-C, or else'].join('\n');
  expect(wrappedHelp(help, 24).split('\n')).toEqual(['Usage: x', '', 'A parameter that exists', 'gets the former version.', '', 'Examples:',
    '  cache-tiers config restore --prefix /app', '  130  stopped by', '       Ctrl-C, or else']);
});
