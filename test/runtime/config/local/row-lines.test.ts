import fc from 'fast-check';
import { lineOf, linesOf, seekLine } from '../../../../runtime/config/local/row-lines';

const NAME = fc.stringMatching(/^\/[a-z0-9/.-]{0,6}$/);

test('the first line whose name is not less is found as by going through all', () => {
  fc.assert(fc.property(fc.uniqueArray(NAME, { maxLength: 40 }), NAME, (names, wanted) => {
    const rows = names.sort().map((name, i) => ({ name, changed: i, active: i % 3 > 0, json: '[1]' }));
    const text = rows.map(lineOf).join('');
    expect([...linesOf(text, seekLine(text, wanted))]).toEqual(rows.filter(({ name }) => name >= wanted));
  }), { numRuns: 2_000 });
});

test('makes few slices of many lines', () => {
  const line = (_: unknown, i: number) => lineOf({ name: `/app/${String(i).padStart(5, '0')}`, changed: i, active: true, json: '[]' });
  const text = Array.from({ length: 10_000 }, line).join('');
  const slices = jest.spyOn(String.prototype, 'slice');
  const at = seekLine(text, '/app/07777');
  const made = slices.mock.calls.length;
  slices.mockRestore();
  expect(text.startsWith('/app/07777\t', at)).toBe(true);
  expect(made).toBeLessThan(30);
});
