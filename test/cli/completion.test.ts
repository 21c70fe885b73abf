import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from './terminal';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = typeof SHELLS[number];

const GLOBAL = ['--table', '--region', '--endpoint', '--json', '--debug'];
const scripts = {} as Record<Shell, string>;
const isHere = (shell: Shell) => spawnSync(shell, ['--version']).status === 0;
/** Away from the terminal's user's own settings. */
const quiet: Record<Shell, readonly string[]> = { bash: ['--norc', '--noprofile'], zsh: ['-f'], fish: ['--no-config'] };

beforeAll(async () => {
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await cli(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    scripts[shell] = stdout;
  }
});

function execute(shell: Shell, script: string): string {
  const env = { PATH: process.env.PATH, HOME: '/nowhere' };
  const { status, stdout, stderr } = spawnSync(shell, [...quiet[shell], '-c', script], { encoding: 'utf8', env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** What bash offers for a line; the cursor is at its end. */
function inBash(line: string): string[] {
  const words = line.split(' ');
  return execute('bash', `${scripts.bash}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_cache_tiers; printf '%s\\n' "\${COMPREPLY[@]}"`).trim().split('\n').filter((word) => word !== '');
}

/** What zsh would describe for a line: compsys's own functions need a terminal, so they are stood in for. */
function inZsh(line: string): string[] {
  const words = line.split(' ');
  return execute('zsh', `compdef() { :; }
_describe() { local list=\${@[-1]}; print -l -- \${(P)list}; }
${scripts.zsh}
words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; PREFIX='${words.at(-1)}'
_cache_tiers || true`).split('\n').map((word) => word.replace(/(?<!\\):.*/, '')).filter((word) => word.startsWith(words.at(-1)!) && word !== '');
}

function inFish(line: string): string[] {
  return execute('fish', `${scripts.fish}\ncomplete -C '${line}'`).split('\n').map((word) => word.replace(/\t.*/, '')).filter((word) => word !== '');
}

const inShell: Record<Shell, (line: string) => string[]> = { bash: inBash, zsh: inZsh, fish: inFish };

describe.each(SHELLS)('%s', (shell) => {
  const here = isHere(shell) ? test : test.skip;
  if (here === test.skip) process.stderr.write(`${shell} is not installed: its completion script is not tested here\n`);

  here('can read the script', () => {
    const folder = mkdtempSync(join(tmpdir(), 'completion-'));
    const file = join(folder, 'script');
    writeFileSync(file, scripts[shell]);
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  here.each<[string, readonly string[]]>([
    ['cache-tiers ', ['config', 'vault', 'memo', 'live', 'tasks', 'completion']],
    ['cache-tiers m', ['memo']],
    ['cache-tiers memo ', ['stats', 'peek', 'delete', 'flush']],
    ['cache-tiers --table memo memo f', ['flush']],
    ['cache-tiers -t x memo --json p', ['peek']],
    ['cache-tiers memo flush --f', ['--function']],
    ['cache-tiers memo peek --', ['--args', '--key', '--version-scope', '--bucket', '--help', ...GLOBAL]],
    ['cache-tiers memo peek name --v', ['--version-scope']],
    ['cache-tiers live ', ['status', 'ls', 'inspect', 'invalidate', 'purge', 'rotate-key']],
    ['cache-tiers live --bucket b purge --dry', ['--dry-run']],
    ['cache-tiers completion ', ['bash', 'zsh', 'fish']],
    ['cache-tiers memo stats --table ', []],
  ])('%s', (line, expected) => {
    expect(inShell[shell](line).sort()).toEqual([...expected].sort());
  });
});

test('an unknown shell is wrong usage', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
});
