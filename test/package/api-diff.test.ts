import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, Outcome, ROOT, writeJson } from './sandbox';

const SOURCE = `/** A cache. */
export class Cache {
  /** Empties it. */
  public flush(): void { return; }
  /** How much is in it. */
  public size(): number { return 0; }
}
`;

interface Assembly {
  readonly types: Record<string, { methods: { name: string }[] }>;
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'api-diff-')));
const at = (...path: string[]) => join(folder, ...path);
const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
const apiDiff = (): Promise<Outcome> => node([join(ROOT, 'build-tools/api-diff.mjs')], { cwd: folder });
let compiled: string;

/** What `npm run compile` would have made of changed sources. */
function change(edit: (cache: Assembly['types'][string]) => void): void {
  const assembly = JSON.parse(compiled) as Assembly;
  edit(assembly.types['scratch.Cache']);
  writeFileSync(at('.jsii'), JSON.stringify(assembly));
}

const addMethod = () => change(({ methods }) => methods.push({ ...methods[0], name: 'close' }));
const removeFlush = () => change((cache) => { cache.methods = cache.methods.filter(({ name }) => name !== 'flush'); });

beforeAll(() => {
  mkdirSync(at('lib'));
  symlinkSync(join(ROOT, 'node_modules'), at('node_modules'));
  writeFileSync(at('lib/index.ts'), SOURCE);
  mkdirSync(at('lib/contract'));
  writeFileSync(at('lib/contract/names.ts'), 'export const NAMES = { metric: { hits: \'Hits\', errors: \'Errors\' }, limit: 5 };\n');
  writeFileSync(at('README.md'), '# scratch\n');
  writeFileSync(at('.gitignore'), '/node_modules\n/dist\n/build\n.jsii\ntsconfig.json\n');
  const url = 'https://example.com/scratch.git';
  writeJson(at('package.json'), {
    name: 'scratch', version: '0.0.0', license: 'Apache-2.0', author: { name: 'a', email: 'a@example.com' }, repository: { type: 'git', url },
    main: 'build/index.js', types: 'build/index.d.ts', stability: 'experimental',
    jsii: { outdir: 'dist', targets: {}, tsc: { rootDir: 'lib', outDir: 'build' } },
  });
  execFileSync(process.execPath, [join(ROOT, 'node_modules/jsii/bin/jsii')], { cwd: folder, stdio: 'pipe' });
  compiled = readFileSync(at('.jsii'), 'utf8');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
});

beforeEach(() => {
  writeFileSync(at('.jsii'), compiled);
  rmSync(at('.compatignore'), { force: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('without a release it says so, and that a break would be found', async () => {
  const { code, stdout } = await apiDiff();
  expect(stdout).toContain('no release tag (v*) is reachable, so there is nothing to compare with');
  expect(stdout).toContain('ok it found removed:scratch.Cache.flush');
  expect(code).toBe(0);
});

test('without .jsii it says what to run', async () => {
  rmSync(at('.jsii'));
  expect(await apiDiff()).toMatchObject({ code: 1, stdout: 'not ok there is no .jsii: run "npm run compile" first\n' });
});

describe('after a release', () => {
  beforeAll(() => {
    git('tag', 'v0.1.0');
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
  });

  test('nothing breaks by what is the same, or new', async () => {
    expect(await apiDiff()).toMatchObject({ code: 0, stdout: expect.stringContaining('ok nothing breaks v0.1.0\n') as string });
    addMethod();
    expect(await apiDiff()).toMatchObject({ code: 0, stdout: 'ok nothing breaks v0.1.0\n' }); // the release is compiled once
  });

  test('what is gone breaks', async () => {
    removeFlush();
    const { code, stdout } = await apiDiff();
    expect(stdout).toMatch(/^not ok METHOD scratch\.Cache\.flush: has been removed: keep it, or permit it by removed:scratch\.Cache\.flush/m);
    expect(code).toBe(1);
  });

  test('a break is permitted with its reason', async () => {
    removeFlush();
    writeFileSync(at('.compatignore'), '# flushed by an operator now\nremoved:scratch.Cache.flush\n');
    const { code, stdout } = await apiDiff();
    expect(stdout).toBe('permitted: METHOD scratch.Cache.flush: has been removed\nok nothing breaks v0.1.0 but what is permitted\n');
    expect(code).toBe(0);
  });

  test('a name that the contract had breaks, a number and a new name do not', async () => {
    const contract = at('build/contract/names.js');
    const before = readFileSync(contract, 'utf8');
    writeFileSync(contract, before.replace('limit: 5', 'limit: 6').replace("hits: 'Hits', errors: 'Errors'", "hits: 'Found', misses: 'Misses'"));
    const { code, stdout } = await apiDiff();
    writeFileSync(contract, before);
    expect(stdout).toContain('not ok CONTRACT names.NAMES.metric.hits was Hits, is Found: keep it, or permit it by contract:names.NAMES.metric.hits');
    expect(stdout).toContain('CONTRACT names.NAMES.metric.errors was Errors, is gone');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(code).toBe(1);
  });

  test.each([
    ['a permission without a reason', 'removed:scratch.Cache.flush\n', 'has no reason'],
    ['a permission of what breaks nothing', '# long ago\nremoved:scratch.Cache.open\n', 'permits nothing that breaks v0.1.0'],
  ])('%s is refused', async (_, permissions, reason) => {
    removeFlush();
    writeFileSync(at('.compatignore'), permissions);
    const { code, stdout } = await apiDiff();
    expect(stdout).toContain(reason);
    expect(code).toBe(1);
  });

  test.each([
    ['is made whole', `file://${folder}`, 'the clone was shallow, and has all commits and tags now\nok nothing breaks v0.1.0\n'],
    ['that cannot be made whole says so', 'file:///nowhere', /^the clone is shallow and cannot be made whole, so a release may not be found: [^]*\nno release tag/],
  ])('a clone that does not know its releases %s', async (name, origin, expected) => {
    const clone = at('dist', `clone ${name}`);
    git('clone', '--quiet', '--depth=1', `file://${folder}`, clone);
    git('-C', clone, 'remote', 'set-url', 'origin', origin);
    for (const file of ['.jsii', 'build', 'node_modules']) symlinkSync(at(file), join(clone, file));
    const { code, stdout } = await node([join(ROOT, 'build-tools/api-diff.mjs')], { cwd: clone });
    if (typeof expected === 'string') expect(stdout.replace(/^compiles .*\n/m, '')).toBe(expected);
    else expect(stdout).toMatch(expected);
    expect(code).toBe(0);
  });
});
