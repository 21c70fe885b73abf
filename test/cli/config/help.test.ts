import { cli } from '../terminal';

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  config: ['list', 'get', 'put', 'delete', 'browse', 'history', 'audit', 'restore', 'replay', 'sync', 'share', 'promote', 'metrics'],
  vault: ['status', 'clear'],
};

const help = (...args: string[]) => cli([...args, '--help']).then(({ code, stdout, stderr }) => {
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
});

test.each(Object.entries(COMMANDS))('the help of %s names every command, and each has examples', async (group, commands) => {
  const listed = (await help(group)).matchAll(/^ {2}([a-z]+) /gm);
  expect([...listed].map(([, name]) => name)).toEqual(commands);
  for (const command of commands) {
    const text = await help(group, command);
    expect(text).toMatch(new RegExp(`\nExamples:\n(.*\n)* {2}(\\S+ .*\\| |[A-Z]+=\\$\\()?cache-tiers ${group} ${command}`));
    expect(text).toMatch(/\nGlobal Options:\n[^]*--json/);
    expect(text).not.toContain('--table');
  }
});

test('nothing of a help is wider than a terminal but what is there to be copied', async () => {
  for (const line of [[], ...Object.entries(COMMANDS).flatMap(([group, commands]) => [[group], ...commands.map((each) => [group, each])])]) {
    const wide = (await help(...line)).split('\n').filter((each) => each.length > 80 && !/^ .*cache-tiers /.test(each));
    expect(wide).toEqual([]);
  }
});

test('the options of memo are memo\'s, and old command lines are understood', async () => {
  expect(await help()).not.toContain('--table <name>');
  expect(await help('memo', 'stats')).toContain('--table <name>');
  const before = await cli(['--table', '', 'memo', 'stats']);
  expect(before).toMatchObject({ code: 2, stderr: expect.stringContaining('--table is empty') });
  expect(await cli(['--table', 't', 'config', 'list'])).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--table'") });
});

test('the version is asked for alone', async () => {
  expect((await cli(['--version'])).code).toBe(0);
  expect((await cli(['-V'])).code).toBe(0);
  expect(await help()).toContain('-V, --version');
  expect(await cli(['config', 'get', '/a', '--version'])).toMatchObject({ code: 2, stderr: expect.stringContaining('argument missing') });
});
