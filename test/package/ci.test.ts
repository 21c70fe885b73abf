import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sandbox } from './sandbox';

/** What `.ci/run` runs on a machine with a Node: every program is a stand-in that notes how it was called, and succeeds. */
function run(version: string): { calls: string[]; output: string } {
  const folder = (...path: string[]) => sandbox(`ci-${version}`, ...path);
  mkdirSync(folder('bin'), { recursive: true });
  mkdirSync(folder('.ci'));
  for (const language of ['python', 'java', 'go', 'dotnet']) {
    mkdirSync(folder('dist/code-only', language), { recursive: true });
    writeFileSync(folder('dist/code-only', language, 'source'), '');
  }
  copyFileSync(join(ROOT, '.ci/run'), folder('.ci/run'));
  const program = (name: string, text: string) => {
    writeFileSync(folder('bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(folder('bin', name), 0o755);
  };
  for (const name of ['npm', 'npx', 'git', 'python3', 'apt-get']) program(name, `echo "${name} $*" >> "${folder('calls')}"`);
  program('node', `echo ${version}`);
  const output = execFileSync('bash', [folder('.ci/run')], { encoding: 'utf8', env: { PATH: `${folder('bin')}:/usr/bin:/bin` } });
  return { calls: readFileSync(folder('calls'), 'utf8').split('\n'), output };
}

test.each([
  ['20', ['24']],
  ['22', ['20', '24']],
  ['24', ['20']],
])('with Node %s at hand .ci/run tests Node 20 and Node 24', (version, others) => {
  const { calls, output } = run(version);
  expect([...output.matchAll(/npm test \(Node (\d+)\)/g)].map(([, tested]) => tested)).toEqual(['20', '24']);
  expect(calls.filter((call) => call === 'npm test')).toHaveLength(version === '22' ? 0 : 1);
  const fetched = calls.flatMap((call) => /^npx --yes -p node@(\d+) -- bash -c .*npm test$/.exec(call)?.[1] ?? []);
  expect(fetched).toEqual(others);
});
