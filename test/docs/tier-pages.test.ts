import { fencesOf, textOf } from './markdown';

const SECTIONS = ['Words', 'How it works', 'Guarantees', 'What may fail', 'Limits', 'Cost', 'Tuning'];

/** Texts of a page's sections, by their headings. */
function sectionsOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^## ([^\n]+)\n(.*?)(?=^## |(?![^]))/gms)].map(([, heading, body]) => [heading, body]));
}

/** Items of the numbered list of a section, whole. */
function itemsOf(section: string): string[] {
  return [...section.matchAll(/^\d+\. .*(?:\n {3,}.*)*/gm)].map(([item]) => item);
}

describe.each(['memo', 'config', 'live', 'tasks'])('docs/%s.md', (tier) => {
  const file = `docs/${tier}.md`;
  const sections = sectionsOf(textOf(file));

  test('has the sections that every tier\'s page has, in this order', () => {
    expect([...sections.keys()]).toEqual(SECTIONS);
  });

  test('shows how it works in sequence diagrams', () => {
    expect(fencesOf(file).filter(({ language, code }) => language === 'mermaid' && code.startsWith('sequenceDiagram')).length).toBeGreaterThan(1);
  });

  test('names a test for each guarantee, in order', () => {
    const items = itemsOf(sections.get('Guarantees')!);
    expect(items.length).toBeGreaterThan(6);
    expect(items.map((item) => Number.parseInt(item, 10))).toEqual(items.map((_, index) => index + 1));
    expect(items.filter((item) => !/\]\(\.\.\/test\/[^)]+\.ts\)/.test(item))).toEqual([]);
  });

  test('says of its prices that they are to be checked', () => {
    expect(sections.get('Cost')).toMatch(/Prices are list prices of [\w-]+, to be checked/);
  });

  test('has the sum that its example\'s rows have', () => {
    const amounts = [...sections.get('Cost')!.matchAll(/^\| .* \| (\d+\.\d\d) \|$/gm)].map(([, amount]) => Math.round(Number(amount) * 100));
    expect(amounts.length).toBeGreaterThan(4);
    expect(amounts.slice(0, -1).reduce((sum, amount) => sum + amount, 0)).toBe(amounts.at(-1));
  });
});
