import path from 'node:path';
import { fencesIn, fencesOf, PAGES, textOf, TRACKED } from './markdown';
import { mermaidProblems } from './mermaid';

/** Each of these is checked, here or in the file that is named. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'snippets.test.ts', mts: 'snippets.test.ts', js: 'snippets.test.ts', sh: 'commands.test.ts', json: 'here', python: 'here', mermaid: 'here',
  text: 'a picture made of letters, or what a program printed',
};

test.each(PAGES)('the fences of %s are in languages that are checked', (file) => {
  const unknown = fencesOf(file).filter(({ language }) => !Object.hasOwn(LANGUAGES, language));
  expect(unknown.map(({ place, language }) => `${place}: "${language}"`)).toEqual([]);
  // Every opening has its end, else the rest of the page would be taken for prose.
  expect(textOf(file).split('\n').filter((text) => /^ *```/.test(text))).toHaveLength(2 * fencesOf(file).length);
});

test('JSON parses', () => {
  const wrong = fencesIn('json').flatMap(({ place, code }) => {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [`${place}: ${String(error)}`];
    }
  });
  expect(wrong).toEqual([]);
});

describe('Python', () => {
  const REGION = /^# region ([^\n]+)\n(.*?)^# endregion$/gms;
  const APP = [...textOf('test/e2e/languages/app.py').matchAll(REGION)];
  const TIERS = PAGES.filter((file) => /^lib\/.*README\.md$/.test(file));

  // That app is synthesized, and compared with TypeScript's, by npm run e2e:languages.
  test.each(TIERS)('in %s is, line for line, what is marked with its folder in the app that is synthesized', (file) => {
    const folder = path.relative('lib', path.dirname(file));
    const own = APP.filter(([, folders]) => folders.split(' ').includes(folder)).map(([, , code]) => code).join('');
    expect(own).not.toBe('');
    expect(fencesOf(file).filter(({ language }) => language === 'python').map(({ code }) => code)).toEqual([own]);
  });

  test('elsewhere is part of a file that is run', () => {
    const files = TRACKED.filter((file) => file.endsWith('.py')).map(textOf);
    const unknown = fencesIn('python').filter(({ file, code }) => !TIERS.includes(file) && !files.some((text) => text.includes(code)));
    expect(unknown.map(({ place }) => place)).toEqual([]);
  });
});

describe('Mermaid', () => {
  test('in pages is of the grammar that was looked at in a browser', () => {
    expect(fencesIn('mermaid').flatMap(({ place, code }) => mermaidProblems(code).map((problem) => `${place}: ${problem}`))).toEqual([]);
  });

  test('that is right has no problems', () => {
    expect(mermaidProblems(`sequenceDiagram
      autonumber
      participant A as First caller
      actor B
      A->>+B: asks (once)
      B-->>-A: says: yes
      alt it is there
        A-)B: tells
      else
        opt asked twice
          Note over A,B: neither
        end
      end`)).toEqual([]);
    expect(mermaidProblems(`flowchart LR
      A["one (1)"] -->|asks| B[(Table)] & C{ok?}
      subgraph S[Stack]
        C -.-> D
      end
      %% a comment`)).toEqual([]);
  });

  test.each([
    ['pie', '"pie": not a sequenceDiagram, nor a flowchart with its direction'],
    ['sequenceDiagram\nparticipant A\nA->A: x', 'A->A: x: not a statement that our pictures use'],
    ['sequenceDiagram\nparticipant A\nA->>A: x; y', 'A->>A: x; y: not a statement that our pictures use'],
    ['sequenceDiagram\nparticipant A\nA->>C: x', 'C: not among the participants'],
    ['sequenceDiagram\nparticipant A\nNote over A,C: x', 'C: not among the participants'],
    ['sequenceDiagram\nalt x', 'alt: without end'],
    ['sequenceDiagram\nopt x\nelse y\nend', 'else y: not in alt'],
    ['sequenceDiagram\nend', 'end: of no block'],
    ['flowchart LR\nA[a (b)] --> B', 'A[a (b)] --> B: not a statement that our pictures use'],
    ['flowchart\nA --> B', '"flowchart": not a sequenceDiagram, nor a flowchart with its direction'],
  ])('%j is wrong', (code, problem) => {
    expect(mermaidProblems(code)).toEqual([problem]);
  });
});
