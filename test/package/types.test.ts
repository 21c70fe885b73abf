import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare, full, NAME, node, ROOT, tarball, writeJson } from './sandbox';

const bin = (path: string) => join(ROOT, 'node_modules', path);

const RESOLUTIONS = [
  { resolution: 'node16', options: { module: 'node16', moduleResolution: 'node16' } },
  { resolution: 'nodenext', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
  { resolution: 'bundler', options: { module: 'esnext', moduleResolution: 'bundler' } },
  { resolution: 'node10', options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' } },
];

const CLIENTS = `import { ConfigClient, LocalConfigCache, PointInTimeRestore } from '${NAME}/config';
import { memoize } from '${NAME}/memoize';
import { assetHashSerializer } from '${NAME}/testing';
import { serialize } from '${NAME}/testing/serializer';

const double = memoize(async function double(n: number) { return n * 2; });
export const doubled: Promise<number> = double(21);
// @ts-expect-error the wrapper keeps the parameters
void double('21');
export const known: boolean = assetHashSerializer.test({});
export const value: Promise<string> = new ConfigClient().get('/app/db/host');
export { LocalConfigCache, PointInTimeRestore, serialize };
`;
const CONSTRUCTS = `import { App, Stack } from 'aws-cdk-lib';
import { MemoCache } from '${NAME}';
import * as sdk from '${NAME}/aws-sdk';

export const cache = new MemoCache(new Stack(new App(), 'Stack'), 'Cache');
export { sdk };
`;

async function check(folder: string, files: Record<string, string>, options: object): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeJson(join(folder, 'tsconfig.json'), {
    compilerOptions: { target: 'es2022', strict: true, noEmit: true, types: ['node'], typeRoots: [bin('@types')], ...options },
    files: Object.keys(files),
  });
  const { stdout } = await node([bin('typescript/bin/tsc'), '-p', folder]);
  return stdout;
}

describe.each(RESOLUTIONS)('$resolution resolution', ({ resolution, options }) => {
  // .mts is ESM and .cts CommonJS whatever package.json says; node10 knows neither.
  const forms = resolution === 'node10' ? ['ts'] : ['mts', 'cts'];
  const files = (name: string, text: string) => Object.fromEntries(forms.map((form) => [`${name}.${form}`, text]));

  test('type-checks the clients, declarations included, without CDK and SDK', async () => {
    expect(await check(bare(), files('clients', CLIENTS), options)).toBe('');
  });

  test('type-checks constructs and SDK client beside the CDK', async () => {
    expect(await check(full(), files('constructs', CONSTRUCTS), { ...options, skipLibCheck: true })).toBe('');
  });
});

test('attw finds nothing', async () => {
  const excluded = ['.jsii', 'package.json'].flatMap((name) => ['--exclude-entrypoints', name]);
  const settings = ['--no-definitely-typed', '--format', 'ascii', ...excluded];
  const { code, stdout } = await node([bin('@arethetypeswrong/cli/dist/index.js'), tarball(), ...settings]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('No problems found') });
});

test('publint finds nothing', async () => {
  // Its one suggestion, a "git+" before the repository's address, would break the link that Python's and Java's registries show.
  const { code, stdout } = await node([bin('publint/src/cli.js'), 'run', tarball(), '--strict', '--level', 'warning']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All good!') });
});
