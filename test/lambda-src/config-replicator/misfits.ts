import { type Home, type Place } from '../../../lambda-src/config-replicator/destination';
import { readRule } from '../../../lambda-src/config-replicator/rule';
import type { RulesTable } from '../../../runtime/config/tables/rules-table';
import { renderTemplate } from '../../../lambda-src/shared/config/template';

/** A value, decrypted, or that there is none. */
export type ValueAt = (name: string, place?: Place) => string | undefined;

/** Destinations that are not what their complete rules make of sources that exist. */
export async function misfitsOf(table: RulesTable, home: Home, valueAt: ValueAt): Promise<string[]> {
  const wrong: string[] = [];
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await table.page(next);
    next = page.next;
    for (const destination of page.destinations) {
      const reading = readRule(await table.rule(destination), home);
      if (reading === undefined || !('rule' in reading)) continue;
      const { rule } = reading;
      const sources = rule.sources.map((name) => valueAt(name));
      if (sources.some((source) => source === undefined)) continue;
      const value = rule.parts === undefined ? sources[0]! : renderTemplate(rule.parts, (name) => sources[rule.sources.indexOf(name)]!);
      if (valueAt(rule.place.name, rule.place) !== value) wrong.push(destination);
    }
  }
  return wrong;
}
