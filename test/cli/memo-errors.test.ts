import { startFaultProxy, type FaultProxy } from '../support/fault-proxy';
import { cli, type RunOptions } from './terminal';

/** Without a server behind: nothing here gets that far. */
let proxy: FaultProxy;
const memo = (line: readonly string[], options: RunOptions = {}) =>
  cli(['memo', ...line, '--table', 't', '--endpoint', proxy.endpoint, '--region', 'us-east-1'], options);

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
});
beforeEach(async () => { proxy = await startFaultProxy(); });
afterEach(() => proxy.close());

describe('errors', () => {
  const table = ['--table', 't'];
  const notAList = '--args must be a JSON array such as \'["p-42", 3]\', got';
  test.each<[string, readonly string[], string]>([
    ['no table', ['memo', 'stats'], 'no table is named: pass --table, or set CACHE_TABLE'],
    ['an empty table', ['memo', 'stats', '--table', ''], '--table is empty'],
    ['arguments that are no list', ['memo', 'peek', 'f', '--args', '{"a":1}', ...table], `${notAList} '{"a":1}'`],
    ['arguments that are no JSON', ['memo', 'peek', 'f', '--args', '[p-42]', ...table], `${notAList} '[p-42]' (`],
    ['no arguments', ['memo', 'peek', 'f', ...table], "--args is missing: give the arguments of 'f'"],
    ['no call', ['memo', 'delete', ...table], "no call is named: give the function's name and --args, or --key"],
    ['a call named twice', ['memo', 'peek', 'f', '--key', 'f##=', ...table], "--key names the call already: leave out the name 'f'"],
    ['a key that is none', ['memo', 'peek', '--key', 'f', ...table], 'key must be as .key() of a memoized function gives it'],
    ['a name that cannot be one', ['memo', 'flush', '--function', 'a#b', '--yes', ...table], 'name must be a text of at most 128 characters'],
    ['an endpoint that is no URL', ['memo', 'stats', '--table', 't', '--region', 'eu-west-1', '--endpoint', 'here'], 'endpoint must be a URL like'],
    ['an unknown option', ['memo', 'flush', '--tabel', 't'], "unknown option '--tabel'\n(Did you mean --table?)\nsee cache-tiers memo flush --help"],
    ['an unknown command', ['memo', 'fluhs'], "unknown command 'fluhs'"],
  ])('%s is wrong usage', async (_, args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).not.toContain('    at ');
  });

  test('of AWS are one line with what to do', async () => {
    const stats = () => memo(['stats']);
    await proxy.set('denied');
    expect((await stats()).stderr).toMatch(/^error: DescribeTable: AccessDeniedException: .*; check the credentials .*\n$/);
    await proxy.heal();
    await proxy.set('missing-table');
    expect(await stats()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/; check --table and --region\n$/) });
    await proxy.set('refused');
    expect((await stats()).stderr).toMatch(/^error: .*ECONNREFUSED.*; check --region and --endpoint, and the network\n$/);
  });

  test('of missing settings name the option', async () => {
    const environment = process.env;
    process.env = { HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
    try {
      expect(await cli(['memo', 'stats', '--table', 't'])).toMatchObject({
        code: 1, stderr: 'error: no AWS region is known: pass --region, set AWS_REGION, or give the profile one\n',
      });
      expect(await cli(['memo', 'stats', '--table', 't', '--region', 'eu-west-1'])).toMatchObject({
        code: 1, stderr: expect.stringMatching(/^error: no AWS credentials [^;]*; pass credentials, set AWS_ACCESS_KEY_ID[^;]*\n$/),
      });
    } finally {
      process.env = environment;
    }
  });

  test('show where they come from with --debug', async () => {
    await proxy.set('refused');
    expect((await memo(['stats', '--debug'])).stderr).toMatch(/\n {4}at [^]*caused by Error: connect ECONNREFUSED/);
  });

  test('Ctrl-C ends a request', async () => {
    await proxy.set('silent');
    const interrupt = new AbortController();
    const running = memo(['stats'], { signal: interrupt.signal });
    while (proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    interrupt.abort();
    expect(await running).toMatchObject({ code: 130, stdout: '', stderr: 'stopped\n' });
  });
});
