import { CONFIG_METRIC } from '../../lib/contract/config';
import { LIVE_INDEX_METRIC, LIVE_METRIC, LIVE_SWEEPER_METRIC } from '../../lib/contract/live';
import { MEMO_METRIC } from '../../lib/contract/memo';
import { TASK_METRIC, TASK_RETENTION_METRIC } from '../../lib/contract/tasks';
import type { FailureClass } from '../../runtime/resilience/failure';
import { inlineCodeOf, PAGES, proseOf, textOf, TRACKED } from './markdown';

const WORD = /[A-Za-z_][\w$]*/g;
const SOURCES = TRACKED.filter((file) => /\.(?:ts|tsx|mjs|py|json|ts-fixture)$/.test(file) && file !== 'package-lock.json' && !file.startsWith('test/docs/'));
const OF_PRODUCT = /^(?:lib|runtime|lambda-src|cli)\//;
const wordsOf = (files: readonly string[]) => new Set(files.flatMap((file) => textOf(file).match(WORD) ?? []));

/** In backticks, and in no source: names that others gave, and those that stand for any. */
const NOT_OURS = new Set([
  'IFoo', 'FooProps', 'FooAttributes', 'fromFooAttributes', 'metricXxx', // any construct's
  'STACK_FUNCTION_NAME', // an output of the reader's stack
  'refreshThreshold', 'deleteByTag', 'getMany', 'retry_count', 'worker_timeout', // what pages compare with
  'DDBStreamBatchInfo', 'POWERTOOLS_LOG_LEVEL', 'pull_request_target', 'executionRole', 'crossRegionReferences', 'mermaid',
]);

const MENTIONS = PAGES.flatMap((file) => inlineCodeOf(file));

function unknown(mentions: readonly { readonly place: string; readonly code: string }[], names: RegExp, known: (name: string) => boolean): string[] {
  return mentions.flatMap(({ place, code }) => (code.match(names) ?? []).filter((name) => !known(name)).map((name) => `${place}: ${name}`));
}

describe('error codes and environment variables', () => {
  // Codes that a failure's class is part of are written nowhere.
  const classes: Record<FailureClass, true> = {
    timeout: true, connection: true, throttled: true, server: true, denied: true, missing: true, request: true,
  };
  const composed = Object.keys(classes).flatMap((failure) => [`E_AWS_${failure.toUpperCase()}`, `E_LIVE_INDEX_${failure.toUpperCase()}`]);
  const words = new Set([...composed, ...wordsOf(SOURCES.filter((file) => OF_PRODUCT.test(file)))]);
  const text = [...words].join(' ');
  const names = /\b(?:E|TASK_CACHE|CACHE|CONFIG|LIVE)_[A-Z0-9_]+/g;
  // `E_LIVE_…` stands for all that begin so.
  const known = (name: string) => words.has(name) || (name.endsWith('_') && text.includes(name));

  test('in pages are the product\'s', () => {
    expect(MENTIONS.filter(({ code }) => code.match(names)).length).toBeGreaterThan(60);
    expect(unknown(MENTIONS, names, known)).toEqual([]);
  });

  test('that are not are found', () => {
    const mention = { place: 'x', code: 'CACHE_TABEL=a E_MEMMO_ E_LIVE_ E_LIVE_NONE' };
    expect(unknown([mention], names, known)).toEqual(['x: CACHE_TABEL', 'x: E_MEMMO_', 'x: E_LIVE_NONE']);
  });
});

describe('names', () => {
  const words = wordsOf(SOURCES);
  // `a.b`, and of `a.b(c)` and `a: c` what is before the value.
  const HEAD = /^\$?[A-Za-z_][\w$]*(?:\.\w+)*(?=$|\(|: )/;
  const FILE = /\.(?:ts|md|mjs|py|json)$/;
  const SHELL_VARIABLE = /^\$[A-Z_]+$/; // the page's own: of the product's there is a test above
  const headsOf = (mentions: typeof MENTIONS) => mentions.flatMap(({ place, code }) => {
    const [head] = HEAD.exec(code) ?? [];
    return head === undefined || FILE.test(code) || SHELL_VARIABLE.test(code) ? [] : [{ place, code: head }];
  });
  const known = (name: string) => words.has(name) || NOT_OURS.has(name);

  test('in backticks are in a source', () => {
    expect(headsOf(MENTIONS).length).toBeGreaterThan(1000);
    expect(unknown(headsOf(MENTIONS), WORD, known)).toEqual([]);
  });

  test('that are in none are found', () => {
    const mentions = ['MemoCache.fromTabel(\'a\')', 'leese: true', 'memoize', 'some words: nobody\'s'].map((code) => ({ place: 'x', code }));
    expect(unknown(headsOf(mentions), WORD, known)).toEqual(['x: fromTabel', 'x: leese']);
  });
});

describe('paths of this repository', () => {
  const ROOTS = new Set(TRACKED.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
  const isPath = ({ code }: { readonly code: string }) => /^[\w.-]+(?:\/[\w.-]+)+\/?$/.test(code) && ROOTS.has(code.split('/')[0]);
  const MADE = new Set(['bench/out']); // by a run, and git ignores it
  const known = (place: string) => MADE.has(place) || TRACKED.some((file) => file === place || file.startsWith(`${place.replace(/\/$/, '')}/`) || file.startsWith(`${place}.`));

  test('in backticks are there', () => {
    expect(MENTIONS.filter(isPath).length).toBeGreaterThan(20);
    expect(unknown(MENTIONS.filter(isPath), /.+/g, known)).toEqual([]);
  });

  test('that are not are found', () => {
    expect(unknown([{ place: 'x', code: 'test/runtime/none.test.ts' }].filter(isPath), /.+/g, known)).toEqual(['x: test/runtime/none.test.ts']);
  });
});

describe('metrics', () => {
  const CONTRACT = [CONFIG_METRIC, LIVE_METRIC, LIVE_INDEX_METRIC, LIVE_SWEEPER_METRIC, MEMO_METRIC, TASK_METRIC, TASK_RETENTION_METRIC];
  const METRICS = new Set<string>(CONTRACT.flatMap((metrics) => Object.values(metrics)));
  const firstCells = (text: string) => [...proseOf(text).matchAll(/^\| metric \|.*\n\|[-| :]+\|\n((?:\|.*\n)+)/gm)]
    .flatMap(([, rows]) => rows.split('\n').flatMap((row) => /^\|([^|]*)\|/.exec(row)?.[1].match(/`[^`]+`/g) ?? []));

  // `metricXxx` are members, which are looked up above.
  test('in tables of metrics are those of the contract', () => {
    const named = PAGES.flatMap((file) => firstCells(textOf(file)).map((name) => ({ place: file, code: name.slice(1, -1) })));
    expect(named.length).toBeGreaterThan(3);
    expect(unknown(named, /.+/g, (name) => METRICS.has(name) || /^metric[A-Z]/.test(name))).toEqual([]);
  });

  test('that are not are found', () => {
    expect(firstCells('| metric | x |\n|---|---|\n| `Hitz`, `Calls` | `other` |\n')).toEqual(['`Hitz`', '`Calls`']);
  });
});
