import { childrenOf, escapeXml, parseXml, textOf } from '../../../runtime/aws/s3-xml';

test('elements, attributes, empty ones, comments and entities', () => {
  const document = parseXml(
    '<?xml version="1.0"?>\n<a xmlns="u"><!-- <b> --><b x="1"/><c>1 &lt;&amp;&#233;&#x1F389;&unknown;</c><c/><c >2</c ></a>\n');
  expect(document.name).toBe('a');
  expect(childrenOf(document, 'c').map(({ text }) => text)).toEqual(['1 <&é🎉&unknown;', '', '2']);
  expect([textOf(document, 'b'), textOf(document, 'none')]).toEqual(['', undefined]);
});

test.each([
  ['nothing', '', 'not whole'],
  ['an element that is not closed', '<a>', 'not whole'],
  ['a tag that is cut', '<a', 'not well-formed'],
  ['two documents', '<a/><b/>', 'not well-formed'],
  ['a wrong end', '<a></b>', '</b> closes nothing'],
  ['an end alone', '</a>', '</a> closes nothing'],
  ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'not well-formed'],
  ['very many beginnings', '<a'.repeat(50_000), 'not well-formed'],
  ['elements in elements', '<a>'.repeat(40) + '</a>'.repeat(40), 'more than 32 deep'],
])('fails for %s', (_, xml, message) => {
  expect(() => parseXml(xml)).toThrow(message);
});

test.each(['<&>"\'', 'a\r\nb\t', 'é 漢🎉'])('what is escaped is read back: %j', (text) => {
  expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
});
