import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

const CONTRACT = 'lib/contract imports nothing: construct, handler and client must all be able to read it';
const CONSTRUCT = 'a construct imports the CDK and lib only: it meets clients, handlers and the command line in lib/contract';
const CLIENT = 'a client never imports constructs, handlers or the CDK, nor at once a package that users need not install';
const SDK_CLIENT = 'a client never imports constructs, handlers or the CDK';
const TIER = 'one tier\'s client never imports another\'s: what two need moves to stores, aws, resilience or telemetry';
const SHARED = 'what serves all tiers knows none of them';
const HANDLER = 'a handler imports lib/contract and runtime only, never constructs or the CDK';
const COMMAND = 'the command line parses and prints: the work is in runtime';
const EXAMPLE = 'an example reads like a user\'s code: it imports the package by its name, and beside it only its own files';
const SELF = 'the package\'s own code imports its files, not the package';

/** Path, import, message. */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['lib/contract/memo.ts', 'node:path', CONTRACT],
  ['lib/contract/memo.ts', 'aws-cdk-lib', CONTRACT],
  ['lib/contract/memo.ts', '../private/errors', CONTRACT],
  ['lib/contract/memo.ts', '..', CONTRACT],
  ['lib/memo-cache/memo-cache.ts', '../../runtime/memoize/index.js', CONSTRUCT],
  ['lib/memo-cache/memo-cache.ts', '../../lambda-src/memo-flush/memo-flush.lambda', CONSTRUCT],
  ['lib/memo-cache/memo-cache.ts', '../../cli/main', CONSTRUCT],
  ['lib/memo-cache/memo-cache.ts', '@aws-sdk/client-dynamodb', CONSTRUCT],
  ['lib/memo-cache/memo-cache.ts', 'cdk-cache-tiers/memoize', SELF],
  ['runtime/memoize/memoize.ts', '../../lib/memo-cache/memo-cache.js', CLIENT],
  ['runtime/memoize/memoize.ts', '../../lib/index.js', CLIENT],
  ['runtime/memoize/memoize.ts', '../../lib', CLIENT],
  ['runtime/memoize/memoize.ts', '../../lambda-src/shared/log.js', CLIENT],
  ['runtime/memoize/memoize.ts', '../../cli/main.js', CLIENT],
  ['runtime/memoize/memoize.ts', '../../test/support/fault-proxy.js', CLIENT],
  ['runtime/memoize/memoize.ts', 'aws-cdk-lib', CLIENT],
  ['runtime/memoize/memoize.ts', 'aws-cdk-lib/aws-dynamodb', CLIENT],
  ['runtime/memoize/memoize.ts', 'constructs', CLIENT],
  ['runtime/memoize/memoize.ts', '@aws-sdk/client-dynamodb', CLIENT],
  ['runtime/memoize/memoize.ts', 'cdk-cache-tiers/testing', SELF],
  ['runtime/aws-sdk/index.ts', 'constructs', SDK_CLIENT],
  ['runtime/memoize/memoize.ts', '../config/index.js', TIER],
  ['runtime/memoize/deep/part.ts', '../../tasks/index.js', TIER],
  ['runtime/config/index.ts', '../memoize', TIER],
  ['runtime/live/index.ts', '../memoize/index.js', TIER],
  ['runtime/tasks/index.ts', '../testing/index.js', TIER],
  ['runtime/stores/memory.ts', '../memoize/index.js', SHARED],
  ['runtime/aws/transport.ts', '../tasks/index.js', SHARED],
  ['runtime/resilience/lease.ts', '../live/index.js', SHARED],
  ['runtime/telemetry/emf.ts', '../config/index.js', SHARED],
  ['runtime/errors.ts', './memoize/index.js', SHARED],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '../../lib/memo-cache/memo-cache', HANDLER],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '../../cli/main', HANDLER],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', 'aws-cdk-lib/aws-s3', HANDLER],
  ['cli/memo/flush.ts', '../../lib/memo-cache/memo-cache', COMMAND],
  ['cli/memo/flush.ts', '../../lambda-src/memo-flush/memo-flush.lambda', COMMAND],
  ['cli/memo/flush.ts', 'constructs', COMMAND],
  ['examples/memo-api/stack.ts', '../../lib/index', EXAMPLE],
  ['examples/memo-api/handler.ts', '../../runtime/memoize/index', EXAMPLE],
  ['examples/memo-api/app.ts', '../other-example/stack', EXAMPLE],
  ['examples/memo-api/handler.ts', '../../test/support/dynamodb-server', EXAMPLE],
  ['examples/memo-api/handler.ts', '../../test/e2e/deployment/kit', EXAMPLE],
  ['examples/memo-api/e2e.ts', '../../test/e2e/deployment/servers', EXAMPLE],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ['examples/memo-api/e2e.ts', '../../test/e2e/deployment/kit'],
  ['lib/contract/memo.ts', './names'],
  ['lib/memo-cache/memo-cache.ts', '../contract/memo'],
  ['lib/memo-cache/memo-cache.ts', '../private/bundled-function'],
  ['lib/memo-cache/memo-cache.ts', 'aws-cdk-lib/aws-dynamodb'],
  ['lib/private/bundled-function.ts', 'path'],
  ['runtime/memoize/memoize.ts', '../stores/x.js'],
  ['runtime/memoize/memoize.ts', '../errors.js'],
  ['runtime/memoize/memoize.ts', '../../lib/contract/memo.js'],
  ['runtime/memoize/memoize.ts', 'node:crypto'],
  ['runtime/memoize/memoize.ts', 'lru-cache'],
  ['runtime/memoize/index.ts', './memoize.js'],
  ['runtime/stores/dynamodb/store.ts', '../../aws/transport.js'],
  ['runtime/testing/index.ts', '../memoize/index.js'],
  ['runtime/aws-sdk/index.ts', '@aws-sdk/client-dynamodb'],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '../../runtime/stores/dynamodb.js'],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '../../lib/contract/memo.js'],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '../shared/log.js'],
  ['lambda-src/memo-flush/memo-flush.lambda.ts', '@aws-sdk/client-dynamodb'],
  ['cli/memo/flush.ts', '../../runtime/memoize/index.js'],
  ['cli/main.ts', 'commander'],
  ['examples/memo-api/handler.ts', 'cdk-cache-tiers/memoize'],
  ['examples/memo-api/app.ts', './stack'],
  ['examples/memo-api/stack.ts', 'aws-cdk-lib'],
  ['examples/memo-api/test/handler.test.ts', '../../../test/support/dynamodb-server'],
  ['test/runtime/memoize/memoize.test.ts', '../../../lib/memo-cache/memo-cache'],
  ['test/lib/memo-cache.test.ts', 'cdk-cache-tiers/memoize'],
  ['demo/main.ts', '../test/support/dynamodb-server'],
  ['bench/run.mjs', '../runtime/memoize/index.js'],
];

/** Whatever way it is imported. */
const WAYS = [
  (source: string) => `import '${source}';`,
  (source: string) => `import type { X } from '${source}'; export const x: X = 1;`,
  (source: string) => `export { x } from '${source}';`,
  (source: string) => `export * from '${source}';`,
  (source: string) => `export type { X } from '${source}';`,
  (source: string) => `export const x = await import('${source}');`,
  (source: string) => `export const x = await import(\`${source}\`);`,
  (source: string) => `export const x = require('${source}');`,
  (source: string) => `export const x = require.resolve('${source}');`,
  (source: string) => `import x = require('${source}'); export const y = x;`,
  (source: string) => `export type X = import('${source}').X;`,
];

function lint(files: readonly { path: string; text: string }[]): string[][] {
  const output = execFileSync(process.execPath, [join(__dirname, 'lint-texts.mjs')], { cwd: ROOT, input: JSON.stringify(files) });
  return JSON.parse(output.toString()) as string[][];
}

let messages: string[][];
beforeAll(() => {
  messages = lint([...FORBIDDEN, ...ALLOWED].map(([path, source]) => ({ path, text: `import { x } from '${source}';` })));
});

test.each(FORBIDDEN.map((line, index) => [index, ...line] as const))('%i: %s may not import %s', (index, _path, _source, message) => {
  expect(messages[index]).toEqual([message]);
});

test.each(ALLOWED.map((line, index) => [index, ...line] as const))('%i: %s may import %s', (index) => {
  expect(messages[FORBIDDEN.length + index]).toEqual([]);
});

test('finds an import in whatever way it is written', () => {
  const found = lint(WAYS.map((way) => ({ path: 'runtime/memoize/memoize.ts', text: way('../../lib/index.js') })));
  expect(found).toEqual(WAYS.map(() => [CLIENT]));
});

test('a client may take types of a package that users need not install, and load it when it is needed', () => {
  const texts = [WAYS[1], WAYS[4], WAYS[5], WAYS[10]].map((way) => way('@opentelemetry/api'));
  expect(lint(texts.map((text) => ({ path: 'runtime/telemetry/x.ts', text })))).toEqual(texts.map(() => []));
  expect(lint(texts.map((text) => ({ path: 'runtime/telemetry/x.ts', text: text.replace('@opentelemetry/api', 'constructs') }))))
    .toEqual(texts.map(() => [CLIENT]));
});

test('no comment switches a rule off', () => {
  const text = '/* eslint-disable */\nimport \'../../lib/index.js\'; // eslint-disable-line\n';
  expect(lint([{ path: 'runtime/memoize/memoize.ts', text }])[0]).toContain(CLIENT);
});
