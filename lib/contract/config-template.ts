/**
 * Syntax of a merge rule's template: text with `${/name}` for a parameter's value and `${/name:uri}` for its value as a part of a URI;
 * `$$` is a dollar sign. Any other use of `$` is an error, so that a slip of the pen is never taken for text. Imports nothing.
 */

/** What a template is made of, in its order. */
export interface ConfigTemplatePart {
  /** Text that stands for itself. Absent: the part is a parameter's value. */
  readonly text?: string;
  /** Name of the parameter whose value stands here. */
  readonly source?: string;
  /** The value is encoded as a component of a URI. */
  readonly uri?: boolean;
}

/** Parameters that a rule can read: each is read for every change of any. */
export const MAX_CONFIG_RULE_SOURCES = 50;

/** Names that a rule can have: with a first slash, so that no parameter has two. */
const NAME = /^\/[a-zA-Z0-9_.\-/]+$/;

/** Is this the name of a parameter that a rule can read or write? */
export function isConfigRuleName(name: string): boolean {
  return NAME.test(name) && name.length <= 1011 && !name.endsWith('/') && !name.includes('//');
}

/**
 * Parses a template. Its errors say what is wrong and where, and show none of its text but names of parameters: somebody may have put a
 * secret there.
 */
export function parseConfigTemplate(template: string): ConfigTemplatePart[] {
  if (template === '') throw new Error('the template is empty: give it at least one source, as in ${/name}');
  const parts: ConfigTemplatePart[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf('$', at);
    if (dollar < 0) {
      text += template.slice(at);
      break;
    }
    text += template.slice(at, dollar);
    const next = template[dollar + 1];
    if (next === '$') {
      text += '$';
      at = dollar + 2;
    } else if (next === '{') {
      const end = template.indexOf('}', dollar);
      if (end < 0) throw new Error(`the template's \${ at character ${dollar + 1} is not closed: end it with }`);
      if (text !== '') parts.push({ text });
      text = '';
      parts.push(reference(template.slice(dollar + 2, end), dollar + 1));
      at = end + 1;
    } else {
      throw new Error(`the template has a lone $ at character ${dollar + 1}: write $$ for a dollar sign, or \${/name} for a value`);
    }
  }
  if (text !== '') parts.push({ text });
  if (!parts.some(({ source }) => source !== undefined)) {
    throw new Error('the template has no source: name at least one parameter, as in ${/name}');
  }
  return parts;
}

function reference(content: string, at: number): ConfigTemplatePart {
  const colon = content.indexOf(':');
  const source = colon < 0 ? content : content.slice(0, colon);
  if (source === '') throw new Error(`the template's \${} at character ${at} is empty: write the name of a parameter, as in \${/name}`);
  if (!isConfigRuleName(source)) {
    throw new Error(`the template's \${ at character ${at} has no parameter's name: it begins with / and has letters, digits, and _ . - /`);
  }
  if (colon < 0) return { source };
  if (content.slice(colon + 1) !== 'uri') {
    throw new Error(`the template has an unknown filter for ${source} at character ${at}: uri is the only one, as in \${${source}:uri}`);
  }
  return { source, uri: true };
}

/** The parameters that a template reads, each once, in their order in it. */
export function templateSources(template: string): string[] {
  const sources = new Set<string>();
  for (const { source } of parseConfigTemplate(template)) {
    if (source !== undefined) sources.add(source);
  }
  return [...sources];
}
