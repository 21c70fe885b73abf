/**
 * The part of Mermaid's grammar that our pictures keep to: sequence diagrams and flowcharts, a statement a line. Its own parser needs a browser
 * and is larger than this package. What is not here may be right Mermaid; it is not among what we have looked at in a browser.
 */
const TEXT = '[^;#]+'; // both begin something else in Mermaid: a statement, and the code of a character
const ID = '[A-Za-z]\\w*';
const LABEL = '(?:"[^"]+"|[^()[\\]{}"|]+)';
const SHAPE = `(?:\\[${LABEL}\\]|\\(${LABEL}\\)|\\(\\[${LABEL}\\]\\)|\\[\\(${LABEL}\\)\\]|\\{${LABEL}\\}|\\{\\{${LABEL}\\}\\})`;
const NODE = `${ID}(?:${SHAPE})?`;
const NODES = `${NODE}(?: & ${NODE})*`;
const EDGE = `(?:-->|---|-\\.->|==>|<-->)(?:\\|${LABEL}\\|)?`;

const line = (pattern: string) => new RegExp(`^${pattern}$`);

interface Grammar {
  readonly statements: readonly RegExp[];
  /** What begins a block that `end` ends. */
  readonly blocks: RegExp;
  /** What parts a block, and the block that it may stand in. */
  readonly parts: Readonly<Record<string, string>>;
}

const SEQUENCE: Grammar = {
  statements: [
    line('autonumber'),
    line(`(?:create )?(?:participant|actor) ${ID}(?: as ${TEXT})?`),
    line(`${ID}(?:->>|-->>|-\\)|--\\)|-x|--x)[+-]?${ID}: ${TEXT}`),
    line(`Note (?:over ${ID}(?:,${ID})?|(?:left|right) of ${ID}): ${TEXT}`),
    line(`(?:activate|deactivate|destroy) ${ID}`),
  ],
  blocks: line(`(?:alt|opt|loop|par|critical|break|rect|box) (${TEXT})`),
  parts: { else: 'alt', and: 'par', option: 'critical' },
};

const FLOWCHART: Grammar = {
  statements: [line(NODE), line(`${NODES}(?: ${EDGE} ${NODES})+`), line('direction (?:LR|TB)')],
  blocks: line(`subgraph ${ID}(?:\\[${LABEL}\\])?`),
  parts: {},
};

const KINDS: readonly (readonly [RegExp, Grammar])[] = [[/^sequenceDiagram$/, SEQUENCE], [/^flowchart (?:LR|RL|TB|TD|BT)$/, FLOWCHART]];

/** @returns what is wrong with a picture, a line each */
export function mermaidProblems(code: string): string[] {
  const [first, ...rest] = code.split('\n').map((text) => text.trim()).filter((text) => text !== '' && !text.startsWith('%%'));
  const grammar = KINDS.find(([pattern]) => pattern.test(first ?? ''))?.[1];
  if (grammar === undefined) return [`"${first ?? ''}": not a sequenceDiagram, nor a flowchart with its direction`];
  const problems: string[] = [];
  const open: string[] = [];
  for (const text of rest) {
    const [word] = text.split(' ');
    if (text === 'end') {
      if (open.pop() === undefined) problems.push('end: of no block');
    } else if (Object.hasOwn(grammar.parts, word)) {
      if (open.at(-1) !== grammar.parts[word]) problems.push(`${text}: not in ${grammar.parts[word]}`);
    } else if (grammar.blocks.test(text)) {
      open.push(word);
    } else if (!grammar.statements.some((pattern) => pattern.test(text))) {
      problems.push(`${text}: not a statement that our pictures use`);
    }
  }
  return [...problems, ...open.map((word) => `${word}: without end`), ...(grammar === SEQUENCE ? undeclared(rest) : [])];
}

/** Who takes part without being introduced: Mermaid would draw a misspelt one as another. */
function undeclared(lines: readonly string[]): string[] {
  const known = new Set(lines.flatMap((text) => /^(?:create )?(?:participant|actor) (\w+)/.exec(text)?.[1] ?? []));
  const named = lines.flatMap((text) => {
    const [, from, to] = /^(\w+)[-)x>]+[+-]?(\w+):/.exec(text) ?? [];
    const [, over = ''] = /^Note (?:over|left of|right of) ([\w,]+):/.exec(text) ?? [];
    return [from, to, ...over.split(',')].filter((name) => name !== undefined && name !== '');
  });
  return [...new Set(named)].filter((name) => !known.has(name)).map((name) => `${name}: not among the participants`);
}
