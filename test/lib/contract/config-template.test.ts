import fc from 'fast-check';
import { type ConfigTemplatePart, isConfigRuleName, parseConfigTemplate, templateSources } from '../../../lib/contract/config-template';

test('text, values and values for URIs', () => {
  expect(parseConfigTemplate('postgres://${/app/user:uri}:${/app/password:uri}@host/${/app/db}')).toEqual([
    { text: 'postgres://' }, { source: '/app/user', uri: true }, { text: ':' }, { source: '/app/password', uri: true },
    { text: '@host/' }, { source: '/app/db' },
  ]);
});

test('$$ is a dollar sign, also before a brace', () => {
  expect(parseConfigTemplate('$$${/a}$${/b}')).toEqual([{ text: '$' }, { source: '/a' }, { text: '${/b}' }]);
});

test('sources are told once each, in their order', () => {
  expect(templateSources('${/b}${/a:uri}${/b}')).toEqual(['/b', '/a']);
});

describe('fails', () => {
  test.each([
    ['empty', '', 'the template is empty: give it at least one source, as in ${/name}'],
    ['without a source', 'p4ssword$$', 'the template has no source: name at least one parameter, as in ${/name}'],
    ['unclosed', 'p4ssword ${/a', 'the template\'s ${ at character 10 is not closed: end it with }'],
    ['a reference to nothing', 'a${}', 'the template\'s ${} at character 2 is empty: write the name of a parameter, as in ${/name}'],
    ['a filter of nothing', '${:uri}', 'the template\'s ${} at character 1 is empty: write the name of a parameter, as in ${/name}'],
    ['an unknown filter', '${/a:p4ssword}',
      'the template has an unknown filter for /a at character 1: uri is the only one, as in ${/a:uri}'],
    ['two filters', '${/a:uri:uri}', 'the template has an unknown filter for /a at character 1: uri is the only one, as in ${/a:uri}'],
    ['no name', '${p4ssword!}',
      'the template\'s ${ at character 1 has no parameter\'s name: it begins with / and has letters, digits, and _ . - /'],
    ['a nested reference', '${/a${/b}}',
      'the template\'s ${ at character 1 has no parameter\'s name: it begins with / and has letters, digits, and _ . - /'],
    ['a lone dollar sign', '${/a} costs $5', 'the template has a lone $ at character 13: write $$ for a dollar sign, or ${/name} for a value'],
    ['a dollar sign at the end', '${/a}$', 'the template has a lone $ at character 6: write $$ for a dollar sign, or ${/name} for a value'],
  ])('%s, and says nothing of the text', (_what, template, message) => {
    expect(() => templateSources(template)).toThrow(new Error(message));
    expect(message).not.toContain('p4ssword');
  });
});

test('a name begins with one slash, ends with none and has no two together', () => {
  expect(['/a', '/a/b.c-d_E9'].filter(isConfigRuleName)).toHaveLength(2);
  expect(['', '/', 'a', '/a/', '//a', '/a//b', '/a b', '/a:1', '#declared', `/${'a'.repeat(1011)}`].filter(isConfigRuleName)).toEqual([]);
});

test('what is written as a template is read as it was meant', () => {
  const name = fc.stringMatching(/^(\/[a-z0-9_.-]{1,5}){1,3}$/);
  const part: fc.Arbitrary<ConfigTemplatePart> = fc.oneof(
    fc.string({ minLength: 1 }).map((text) => ({ text })),
    name.map((source) => ({ source })),
    name.map((source) => ({ source, uri: true })),
  );
  fc.assert(fc.property(fc.array(part), name, (parts, last) => {
    const all = [...parts, { source: last }];
    const written = all.map(({ text, source, uri }) => text?.replaceAll('$', '$$$$') ?? `\${${source}${uri ? ':uri' : ''}}`).join('');
    const merged: ConfigTemplatePart[] = [];
    for (const each of all) {
      const before = merged.at(-1);
      if (each.text !== undefined && before?.text !== undefined) merged[merged.length - 1] = { text: before.text + each.text };
      else merged.push(each);
    }
    expect(parseConfigTemplate(written)).toEqual(merged);
  }));
});

test('any text is parsed or refused by an error that shows none of it', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '/', ':', 'a', 'uri', '✓') }), (text) => {
    try {
      expect(templateSources(text).every(isConfigRuleName)).toBe(true);
    } catch (error) {
      expect((error as Error).message).toMatch(/^the template/);
      expect((error as Error).message).not.toContain('✓');
    }
  }));
});
