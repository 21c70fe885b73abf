import type { DeclaredRule, RuleRow, RulesTable } from '../../../../runtime/config/tables/rules-table';

const copy = (destination: string, source: string): RuleRow => ({ destination, source, type: 'copy' });
const declaration = (destination: string, owner = 'one'): DeclaredRule => ({ destination, type: 'copy', sources: ['/shared/a'], owner });

/** All destinations, page by page. */
export async function allDestinations(table: RulesTable): Promise<string[]> {
  const destinations: string[] = [];
  let next: string | undefined;
  do {
    const page = await table.page(next);
    destinations.push(...page.destinations);
    next = page.next;
  } while (next !== undefined);
  return destinations;
}

/** What every table of rules must do, whatever keeps it. `open` gives an empty one, with pages of two rows. */
export function describeRulesTable(title: string, open: () => Promise<RulesTable>): void {
  describe(`${title} keeps the contract of a table of rules`, () => {
    let table: RulesTable;
    beforeEach(async () => { table = await open(); });

    test('a row is read as it was written', async () => {
      const row: RuleRow = {
        destination: '/app/url', source: '/shared/a', type: 'merge', template: '${/shared/a}$$', keyId: 'alias/app',
        roleArn: 'arn:aws:iam::210987654321:role/r', onSourceDelete: 'retain', writtenBy: 'app',
      };
      await table.put(row);
      await table.put(copy('/app/b', '/shared/b'));
      expect(await table.rule('/app/url')).toEqual([row]);
      expect(await table.rule('/app/b')).toEqual([copy('/app/b', '/shared/b')]);
      expect(await table.rule('/app/none')).toEqual([]);
    });

    test('all rows of a rule are read, however many pages they have, by source', async () => {
      const sources = ['/e', '/b', '/d', '/a', '/c'];
      for (const source of sources) await table.put({ ...copy('/app/url', source), type: 'merge' });
      expect((await table.rule('/app/url')).map(({ source }) => source)).toEqual(['/a', '/b', '/c', '/d', '/e']);
    });

    test('a row that is written again is replaced as a whole', async () => {
      await table.put({ ...copy('/app/a', '/shared/a'), keyId: 'alias/app' });
      await table.put(copy('/app/a', '/shared/a'));
      expect(await table.rule('/app/a')).toEqual([copy('/app/a', '/shared/a')]);
    });

    test('a row is removed by both of its keys, also when it is not there', async () => {
      await table.put(copy('/app/a', '/shared/a'));
      await table.put(copy('/app/a', '/shared/b'));
      await table.remove('/app/a', '/shared/a');
      await table.remove('/app/a', '/shared/none');
      expect(await table.rule('/app/a')).toEqual([copy('/app/a', '/shared/b')]);
    });

    test('rules are found by their source as a whole, never by a part of its name', async () => {
      for (const destination of ['/app/1', '/app/2', '/app/3']) await table.put(copy(destination, '/shared/a'));
      await table.put(copy('/app/4', '/shared/ab'));
      await table.put(copy('/app/5', '/x/shared/a'));
      await table.put({ ...copy('/app/6', '/shared/a'), type: 'merge' });
      expect([...await table.destinationsOf('/shared/a')].sort()).toEqual(['/app/1', '/app/2', '/app/3', '/app/6']);
      expect(await table.destinationsOf('/shared')).toEqual([]);
    });

    test('all rules are paged, without what is allowed', async () => {
      const destinations = Array.from({ length: 9 }, (_, i) => `/app/${i}`);
      for (const destination of destinations) await table.put(copy(destination, '/shared/a'));
      await table.put(copy('/app/0', '/shared/b'));
      await table.declare(declaration('/app/0'));
      await table.putScope(0, { sources: ['/'], destinations: ['/'] }, 'one');
      expect([...new Set(await allDestinations(table))].sort()).toEqual(destinations);
    });

    test('of no rules there is one empty page', async () => {
      expect(await table.page()).toEqual({ destinations: [] });
    });

    test('a declaration is read as it was written, and is no row of its rule', async () => {
      const rule: DeclaredRule = {
        destination: '/app/url', type: 'merge', sources: ['/shared/a', '/shared/b'], template: '${/shared/a}${/shared/b}',
        keyId: 'alias/app', roleArn: 'arn:aws:iam::210987654321:role/r', onSourceDelete: 'retain', owner: 'one',
      };
      await table.declare(rule);
      expect(await table.declared('/app/url')).toEqual(rule);
      expect(await table.declared('/app')).toBeUndefined();
      expect(await table.rule('/app/url')).toEqual([]);
      expect(await table.destinationsOf('/shared/a')).toEqual([]);
    });

    test('only its owner removes a declaration', async () => {
      await table.declare(declaration('/app/a', 'one'));
      await table.declare(declaration('/app/a', 'two'));
      expect(await table.undeclare('/app/a', 'one')).toBe(false);
      expect(await table.declared('/app/a')).toEqual(declaration('/app/a', 'two'));
      expect(await table.undeclare('/app/a', 'two')).toBe(true);
      expect(await table.undeclare('/app/a', 'two')).toBe(false);
      expect(await table.declared('/app/a')).toBeUndefined();
    });

    test('scopes are read as they were written, and only their owner removes them', async () => {
      const scopes = [{ sources: ['/shared'], destinations: ['/app', '/web'] }, { sources: ['/x', '/y'], destinations: ['/z'] },
        { sources: ['/u'], destinations: ['/v'] }];
      for (const [i, scope] of scopes.entries()) await table.putScope(i, scope, 'one');
      expect(await table.scopes()).toEqual(scopes);
      const other = { sources: ['/o'], destinations: ['/p'] };
      await table.putScope(0, other, 'two');
      expect([await table.removeScope(1, 'one'), await table.removeScope(1, 'two'), await table.removeScope(9, 'one')]).toEqual([true, false, false]);
      expect(await table.scopes()).toEqual([scopes[0], other, scopes[2]]);
    });
  });
}
