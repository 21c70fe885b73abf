import fc from 'fast-check';
import { renderTemplate } from '../../../../lambda-src/shared/config/template';
import { parseConfigTemplate } from '../../../../lib/contract/config-template';

const render = (template: string, values: Readonly<Record<string, string>>) =>
  renderTemplate(parseConfigTemplate(template), (source) => values[source]!);

test('values take the place of their names, as they are or as a part of a URI', () => {
  expect(render('pg://${/u:uri}:${/p:uri}@${/h}/$$db', { '/u': 'a b', '/p': '@:/%', '/h': 'h' })).toBe('pg://a%20b:%40%3A%2F%25@h/$db');
});

test('a value that looks like a template is a value', () => {
  expect(render('${/a}${/b}', { '/a': '${/b}$$', '/b': '$&' })).toBe('${/b}$$$&');
});

test('any text and any values are rendered side by side, none looked into', () => {
  const piece = fc.record({ text: fc.string({ unit: 'binary' }), value: fc.string({ unit: 'binary', minLength: 1 }), uri: fc.boolean() });
  fc.assert(fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
    const template = pieces.map(({ text, uri }, i) => `${text.replaceAll('$', '$$$$')}\${/v/${i}${uri ? ':uri' : ''}}`).join('');
    const values = Object.fromEntries(pieces.map(({ value }, i) => [`/v/${i}`, value]));
    expect(render(template, values)).toBe(pieces.map(({ text, value, uri }) => text + (uri ? encodeURIComponent(value) : value)).join(''));
  }));
});
