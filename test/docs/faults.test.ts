import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY, TRACKED } from './markdown';

const text = readFileSync(path.join(REPOSITORY, 'docs/faults.md'), 'utf8');

interface Row {
  readonly tier: string;
  readonly fault: string;
  readonly shows: string;
  readonly shownBy: string;
}

function rowsOf(tier: string): Row[] {
  const section = text.split(/^## /m).find((each) => each.startsWith(`${tier}\n`)) ?? '';
  return [...section.matchAll(/^\| (.*) \|$/gm)].slice(1).map(([, row]) => {
    const [fault, , shows, , shownBy] = row!.split(' | ').map((cell) => cell.trim());
    return { tier, fault: fault!, shows: shows!, shownBy: shownBy! };
  });
}

const TIERS = ['Memo', 'Config', 'Live', 'Tasks'];
const ROWS = TIERS.flatMap(rowsOf);

/** Files with the names that are quoted after them. */
function namedIn(shownBy: string): (readonly [file: string, name: string])[] {
  return [...shownBy.matchAll(/\[[^\]]+\]\(\.\.\/([^)]+)\) “([^”]+)”/g)].map(([, file, name]) => [file!, name!] as const);
}

/** Titles of a test file's tests and descriptions, or of other files all texts: as they are when they are read, without their escapes. */
function namesIn(file: string): string[] {
  const source = readFileSync(path.join(REPOSITORY, file), 'utf8');
  const texts = [...source.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)];
  const isTitle = ({ index }: RegExpExecArray) => /(?:\b(?:test|it|describe)|\))\(\s*$/.test(source.slice(Math.max(0, index - 200), index));
  return texts.filter((each) => !file.endsWith('.test.ts') || isTitle(each)).map(([, single, template]) => (single ?? template!).replace(/\\(.)/g, '$1'));
}

test('every tier has every fault, in one order', () => {
  const faults = TIERS.map((tier) => rowsOf(tier).map(({ fault }) => fault));
  expect(faults[0]!.length).toBeGreaterThan(20);
  for (const each of faults) expect(each).toEqual(faults[0]);
});

test('every row names a test, or says why there is none', () => {
  const bare = ROWS.filter(({ shownBy }) => namedIn(shownBy).length === 0 && !/^nothing (is written to a disk|follows events)$|not shown/.test(shownBy));
  expect(bare).toEqual([]);
});

test('every test that is named is there', () => {
  const known = new Map<string, string[]>();
  const missing = ROWS.flatMap(({ tier, fault, shownBy }) => namedIn(shownBy).filter(([file, name]) => {
    if (!TRACKED.includes(file)) return true;
    if (!known.has(file)) known.set(file, namesIn(file));
    const isIt = name.endsWith('…') ? (each: string) => each.startsWith(name.slice(0, -1)) : (each: string) => each === name;
    return !known.get(file)!.some(isIt);
  }).map(([file, name]) => `${tier}, ${fault}: ${file} has no “${name}”`));
  expect(missing).toEqual([]);
});

test('a name that is quoted after something else than its file is found out', () => {
  const named = ROWS.reduce((total, { shownBy }) => total + namedIn(shownBy).length, 0);
  const links = ROWS.reduce((total, { shownBy }) => total + shownBy.split('](../test/').length - 1, 0);
  expect(named).toBeGreaterThan(100);
  expect(links).toBe(named);
});

/** A member, a value, or a part of a text that is a code or a metric. */
const isIn = (sources: string, code: string) => new RegExp(`\\b${code.replace(/^cdk-cache-tiers:\w+:/, '')}\\b['"\`]?[:,;)\\]? ]`).test(sources);

test('every counter, metric, event and code that is named is in the sources', () => {
  const files = TRACKED.filter((file) => /^(lib|runtime|lambda-src)\/.*\.ts$/.test(file));
  const sources = files.map((file) => readFileSync(path.join(REPOSITORY, file), 'utf8')).join('\n');
  const named = ROWS.flatMap(({ tier, fault, shows }) => [...shows.matchAll(/`([^`]+)`/g)].map(([, code]) => ({ place: `${tier}, ${fault}`, code: code! })));
  expect(named.length).toBeGreaterThan(70);
  expect(named.filter(({ code }) => !isIn(sources, code))).toEqual([]);
  expect(isIn(sources, 'NoSuchCounter')).toBe(false);
});
