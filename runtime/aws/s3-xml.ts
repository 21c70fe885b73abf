/** An element of a document that has elements and text only, as S3's answers do. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Of the element itself, decoded. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };
const TOKEN = /<\?[^]*?\?>|<!--[^]*?-->|<(\/?)([\w.:-]+)(?=[\s/>])[^<>]*>|[^<]+/gy;
const MAX_DEPTH = 32;

/**
 * Reads a document. It knows neither document types nor entities of its own, so that nothing in it can grow or refer elsewhere.
 *
 * @throws Error if it is not well-formed
 */
export function parseXml(xml: string): XmlElement {
  interface Open { name: string; children: XmlElement[]; text: string }
  const root: Open = { name: '', children: [], text: '' };
  const open = [root];
  let at = 0;
  for (const [token, closes, name] of xml.matchAll(TOKEN)) {
    at += token.length;
    const within = open.at(-1)!;
    if (name === undefined) {
      if (!token.startsWith('<')) within.text += decoded(token);
    } else if (closes) {
      if (open.length === 1 || within.name !== name) throw new Error(`</${name}> closes nothing`);
      open.pop();
    } else {
      const element: Open = { name, children: [], text: '' };
      within.children.push(element);
      if (!token.endsWith('/>')) open.push(element);
      if (open.length > MAX_DEPTH) throw new Error(`elements are nested more than ${MAX_DEPTH} deep`);
    }
  }
  const [document] = root.children;
  if (at !== xml.length || open.length !== 1 || root.children.length !== 1) throw new Error('the document is not well-formed, or not whole');
  return document!;
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal?: string, hex?: string, name = '') => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return ENTITIES[name as string] ?? whole;
  });
}

export function childrenOf({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.filter((child) => child.name === name);
}

/** The text of the first child of that name. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** Text for a document. A line feed or a carriage return is written so that no reader makes another one of it. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
