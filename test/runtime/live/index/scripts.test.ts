import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIVE_INDEX_PERMISSIONS } from '../../../../runtime/live/index/permissions';
import { SCRIPTS } from '../../../../runtime/live/index/scripts';

/** Arguments of every `redis.call`, as they stand in a script. */
function callsOf(lua: string): string[][] {
  return lua.split('redis.call(').slice(1).map((rest) => {
    let depth = 1;
    let end = 0;
    for (; depth > 0; end++) depth += rest[end] === '(' ? 1 : rest[end] === ')' ? -1 : 0;
    const text = rest.slice(0, end - 1);
    const parts: string[] = [];
    let from = 0;
    for (let i = 0, level = 0; i <= text.length; i++) {
      if (text[i] === '(') level += 1;
      if (text[i] === ')') level -= 1;
      if (i === text.length || (text[i] === ',' && level === 0)) {
        parts.push(text.slice(from, i).trim());
        from = i + 1;
      }
    }
    return parts;
  });
}

/** Commands whose every argument is a key. */
const KEYS_ONLY = ['DEL', 'MGET'];
const WITHOUT_KEY = ['TIME', 'PUBLISH'];
const A_KEY = /^KEYS\[(\d+|i)\]$/;

describe.each(SCRIPTS.map((script) => [script.name, script.lua] as const))('%s', (_, lua) => {
  test('names a declared key in each place where a command has a key', () => {
    for (const [quoted, ...args] of callsOf(lua)) {
      const command = quoted.replaceAll('\'', '');
      if (WITHOUT_KEY.includes(command)) continue;
      const keys = KEYS_ONLY.includes(command) ? args : args.slice(0, 1);
      for (const key of keys) expect([command, key]).toEqual([command, expect.stringMatching(/^(KEYS\[(\d+|i)\]|\(table\.unpack or unpack\)\(KEYS, \d+\))$/)]);
      if (!KEYS_ONLY.includes(command)) for (const arg of args.slice(1)) expect([command, arg]).not.toEqual([command, expect.stringMatching(A_KEY)]);
    }
  });

  test('uses keys for nothing else, and builds no name', () => {
    const elsewhere = callsOf(lua).reduce((rest, args) => rest.replace(args.join(', '), ''), lua.replaceAll(/#KEYS/g, ''));
    expect(elsewhere).not.toMatch(/KEYS/);
    expect(lua).not.toMatch(/lc:/);
    for (const args of callsOf(lua)) if (args[0] === '\'PUBLISH\'') expect(args[1]).toMatch(/^ARGV\[\d+\]$/);
  });

  test('has only what both Lua 5.1 and 5.4 know, and what servers let scripts use', () => {
    expect(lua).not.toMatch(/\/\/|<const>|goto|\bbit\b|cjson|cmsgpack|redis\.(setresp|replicate_commands|log)|table\.getn|%d'|tostring/);
    expect(lua.replaceAll('(table.unpack or unpack)', '')).not.toMatch(/unpack/);
    // A number that goes into text by itself has a point and a zero in 5.4, if it is no whole one by type.
    expect(lua).not.toMatch(/\bnow \.\.|\.\. now\b|\bleft \.\.|\.\. left\b/);
  });

  test('gives every variable that it sets a place of its own', () => {
    const declared = new Set([...lua.matchAll(/\blocal (?:function )?(\w+)/g)].map(([, name]) => name));
    for (const [, name] of lua.matchAll(/^\s*(?:if .* then |else )?(\w+) = /gm)) expect(declared).toContain(name);
  });
});

test('the permissions are those of every command that is used, no more', () => {
  const inScripts = SCRIPTS.flatMap(({ lua }) => callsOf(lua).map(([command]) => command.replaceAll('\'', '').toLowerCase()));
  const sources = ['redis-connection.ts', 'redis-result-index.ts'].map((name) => readFileSync(join('runtime/live/index', name), 'utf8')).join('\n');
  const sent = [...sources.matchAll(/(?:command|sendCommand)\(\['(\w+)'/g)].map(([, command]) => command.toLowerCase());
  const { commands, operatorCommands } = LIVE_INDEX_PERMISSIONS;
  // Names of connections are set where that is allowed.
  const used = new Set([...inScripts, ...sent, 'subscribe', 'unsubscribe', 'eval', 'evalsha'].filter((command) => command !== 'client'));
  expect([...commands, ...operatorCommands].sort()).toEqual([...used].sort());
});

test('every script has its own name and sum', () => {
  expect(new Set(SCRIPTS.map(({ name }) => name)).size).toBe(SCRIPTS.length);
  expect(new Set(SCRIPTS.map(({ sha }) => sha)).size).toBe(SCRIPTS.length);
});
