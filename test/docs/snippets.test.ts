import path from 'node:path';
import { typeErrors } from '../support/type-errors';
import { fencesIn, PAGES, REPOSITORY, textOf, type Fence } from './markdown';

/**
 * Compiles all that pages show of TypeScript and JavaScript, each snippet alone, in one program whose package is its sources:
 * - `ts`: code of a stack, as jsii-rosetta compiles it: inside the fixture, where it says so
 * - `mts` and `js`: code of an application, a module
 */
const [before, after] = textOf('rosetta/default.ts-fixture').split('/// here');

/** Of these, every `ts` is a whole file of a folder of tests, which also run. */
const WHOLE_FILES: Readonly<Record<string, string>> = { 'docs/testing.md': 'test/runtime/testing/docs/docs.test.ts' };

/** What snippets of clients use and do not define, where its type matters. What is defined nowhere may be anything. */
const FIXTURE = `
  declare function loadProduct(request: any): Promise<Product>;
  interface Product { id: string; brand: string }
  declare function channelIndex(name: string, count: number): Promise<string[]>;
  declare const product: ReturnType<typeof import('cdk-cache-tiers/memoize').memoize<(id: string) => Promise<Product>>>;
  declare const memoize: typeof import('cdk-cache-tiers/memoize').memoize;
  declare const config: import('cdk-cache-tiers/config').ConfigClient;
  declare const value: Product;
  declare const live: import('cdk-cache-tiers/live').LiveClient;
  declare const tenant: string;
  declare const sql: string;
  declare const params: readonly (string | number)[];
  declare const engine: {
    arrowStream(sql: string, params: readonly unknown[], options: { signal: AbortSignal }): ReadableStream<Uint8Array>;
    batches(sql: string): AsyncIterable<import('apache-arrow').RecordBatch>;
  };
  declare const response: import('node:http').ServerResponse;
  declare function tenantOf(request: object): string;
  declare function describeArtifact(params: { readonly artifact: string }, signal: AbortSignal): Promise<{ readonly cidr: string }>;
  declare function provision(params: object, parameters: { readonly cidr: string }): Promise<{ readonly stackId: string }>;
  declare const target: import('cdk-cache-tiers/tasks').TaskInstance<string>;
  declare const awslambda: {
    streamifyResponse(handler: (event: object, responseStream: import('node:stream').Writable) => Promise<void>): unknown;
    readonly HttpResponseStream: { from(stream: import('node:stream').Writable, prelude: object): import('node:stream').Writable };
  };
`;

/** Two words of which one becomes the other by a letter more, less or another, or by two in turn. */
function differByOne(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  const [a, b] = [short.slice(same), long.slice(same)];
  if (a.length !== b.length) return a === b.slice(1);
  return a.slice(1) === b.slice(1) || (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
}

/**
 * Whether TypeScript complains of a name that is defined nowhere, and may be anything: unless it is almost one that the snippet or the fixture has,
 * which is a slip of the pen. TypeScript itself says so of the first ten only.
 */
function isAnything(error: string, sources: ReadonlyMap<string, string>): boolean {
  const [, file, name] = /^(.+?): (?:Cannot find name|No value exists in scope for the shorthand property) '(\w+)'/.exec(error) ?? [];
  if (name === undefined) return false;
  const words = new Set(`${sources.get(path.join(REPOSITORY, file))} ${FIXTURE}`.match(/[A-Za-z_]\w{3,}/g));
  return ![...words].some((word) => word !== name && differByOne(word, name));
}

const STACK_CODE = fencesIn('ts').filter(({ file }) => !Object.hasOwn(WHOLE_FILES, file));
const CLIENT_CODE = [...fencesIn('mts'), ...fencesIn('js')];

/** Beside the page, so that it is told of as in its folder. */
const sourceName = ({ place, language }: Fence) => path.join(REPOSITORY, `${place.replace(':', '-')}.${language === 'js' ? 'mjs' : language}`);

/** Imports and `declare` are not allowed inside a function, so they go before the class, as rosetta moves them. */
function inFixture(code: string): string {
  const outside: string[] = [];
  const inside = code.replace(/^(?:import\b.*?;|declare\b[^\n]*)$/gms, (statement) => {
    outside.push(statement);
    return '';
  });
  return `${before.replace('class Fixture', `${outside.join('\n')}\nclass Fixture`)}${inside}${after}`;
}

const BROKEN = {
  'broken-stack.ts': inFixture('new MemoCache(this, \'Cache\', { tabelName: \'x\' });'),
  'broken-client.mts': 'const page: number = await config.get(\'/app/page-size\');\nexport {};',
  'broken-member.mjs': 'import { LiveClient } from \'cdk-cache-tiers/live\';\nawait new LiveClient().querry(anything);\nexport {};',
  'broken-import.mjs': 'import { memoise } from \'cdk-cache-tiers/memoize\';\nexport {};',
  'broken-name.mjs': 'const products = await anything();\nconsole.log(prodcuts);\nexport {};',
};

test('every snippet compiles, and broken ones would not', () => {
  expect(STACK_CODE.length).toBeGreaterThan(30);
  expect(CLIENT_CODE.length).toBeGreaterThan(24);
  const sources = new Map([
    ...STACK_CODE.map((fence) => [sourceName(fence), inFixture(fence.code)] as const),
    ...CLIENT_CODE.map((fence) => [sourceName(fence), `${fence.code}\nexport {};\n`] as const),
    // In the same run, because a run takes seconds.
    ...Object.entries(BROKEN).map(([name, code]) => [path.join(REPOSITORY, name), code] as const),
    [path.join(REPOSITORY, 'snippets-fixture.d.ts'), FIXTURE],
  ]);
  const found = typeErrors(sources, { 'cdk-cache-tiers': 'lib/index.ts', 'cdk-cache-tiers/*': 'runtime/*/index.ts' }, {
    allowJs: true, checkJs: true, esModuleInterop: true, noImplicitAny: false, types: ['node', 'jest'],
  });
  expect(found.filter((error) => !isAnything(error, sources))).toEqual([
    expect.stringMatching(/^broken-stack\.ts: .*'tabelName' does not exist/),
    expect.stringMatching(/^broken-client\.mts: Type 'string' is not assignable/),
    expect.stringMatching(/^broken-member\.mjs: Property 'querry' does not exist/),
    expect.stringMatching(/^broken-import\.mjs: .*has no exported member .*'memoise'/),
    expect.stringMatching(/^broken-name\.mjs: Cannot find name 'prodcuts'/),
  ]);
}, 300_000); // 20 s of a processor that has nothing else to do

test.each([
  ['abcd', 'abdc', true], ['abcd', 'abc', true], ['abcd', 'abxd', true], ['abcd', 'xabcd', true], ['abcd', 'badc', false], ['abcd', 'ab', false],
])('%s and %s differ by a slip of the pen: %s', (one, other, expected) => {
  expect([differByOne(one, other), differByOne(other, one)]).toEqual([expected, expected]);
});

test('what jsii-rosetta cannot translate is not marked as code of a stack', () => {
  for (const { code, place } of STACK_CODE) expect({ place, arrow: code.includes('=>') }).toEqual({ place, arrow: false });
});

test.each(Object.entries(WHOLE_FILES))('the files that %s shows are run by %s', (page, runner) => {
  expect(PAGES).toContain(page);
  expect(textOf(runner)).toContain(page);
});
