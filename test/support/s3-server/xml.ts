type Content = string | number | boolean | readonly Element[];
export type Element = readonly [name: string, content: Content];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };

/** A document of elements without attributes, as every answer of S3's is. */
export function document(root: string, content: readonly Element[], namespace = true): string {
  const xmlns = namespace ? ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${xmlns}>${inner(content)}</${root}>`;
}

function inner(content: Content): string {
  if (typeof content === 'object') return content.map(([name, nested]) => `<${name}>${inner(nested)}</${name}>`).join('');
  return String(content).replace(/[&<>"\r]/g, (character) => ESCAPES[character]!);
}

/** What is within each element of that name, not decoded. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, 'g'))].map(([, content]) => content!);
}

/** The text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  return elements(xml, name)[0]?.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, entity = '') => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return hex === undefined ? ENTITIES[entity as string] ?? whole : String.fromCodePoint(parseInt(hex, 16));
  });
}
