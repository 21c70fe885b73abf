import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { typeErrors } from '../support/type-errors';

/**
 * Type-checks the JavaScript of the clients' READMEs against their sources, each snippet as a module of its own. What snippets use and do not
 * define is defined here.
 */
const REPOSITORY = path.join(__dirname, '../..');
const FIXTURE = `
  declare function channelIndex(name: string, count: number): Promise<string[]>;
  interface Product { id: string; brand: string }
  declare function loadProduct(request: any): Promise<Product>;
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
  declare function build(): Promise<void>;
  declare const awslambda: {
    streamifyResponse(handler: (event: object, responseStream: import('node:stream').Writable) => Promise<void>): unknown;
    readonly HttpResponseStream: { from(stream: import('node:stream').Writable, prelude: object): import('node:stream').Writable };
  };
`;

/** Of the package's own README those that are about clients. */
const RUNTIME = readdirSync(path.join(REPOSITORY, 'runtime'), { recursive: true, encoding: 'utf8' });
const FILES = ['README.md', ...RUNTIME.filter((file) => path.basename(file) === 'README.md').map((file) => path.join('runtime', file))];
const ABOUT_CLIENTS = /'cdk-cache-tiers\/(config|live|memoize|tasks)'/;

function snippets(file: string): string[] {
  const text = readFileSync(path.join(REPOSITORY, file), 'utf8');
  return [...text.matchAll(/^```(?:js|ts)\n(.*?)^```$/gms)].map(([, code]) => code)
    .filter((code) => file !== 'README.md' || ABOUT_CLIENTS.test(code));
}

test('every snippet of the clients\' READMEs is right, and a wrong one would not be', () => {
  const at = (name: string) => path.join(REPOSITORY, name);
  const sources = new Map<string, string>(FILES.flatMap((file) => snippets(file)
    .map((code, index) => [at(`${path.dirname(file)}/readme-snippet-${index + 1}.ts`), `${code}\nexport {};\n`] as const)));
  expect(sources.size).toBeGreaterThan(24);
  sources.set(at('runtime/readme-fixture.ts'), FIXTURE);
  // In the same run, because a run takes seconds.
  sources.set(at('runtime/wrong-snippet.ts'), 'const page: number = await config.get(\'/app/page-size\');\nexport {};\n');
  const found = typeErrors(sources, { 'cdk-cache-tiers/*': 'runtime/*/index.ts' }, { noImplicitAny: false });
  expect(found).toEqual([expect.stringMatching(/^runtime\/wrong-snippet\.ts: Type 'string' is not assignable/)]);
}, 120_000);
