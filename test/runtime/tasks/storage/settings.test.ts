import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMode } from '../../../../runtime/tasks/storage/mode';
import { settingsOf } from '../../../../runtime/tasks/storage/settings';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';

describe('mode', () => {
  const [both, none] = [{ reads: true, writes: true }, { reads: false, writes: false }];

  test.each([
    ['local:rw,remote:r', { local: both, remote: { reads: true, writes: false } }],
    ['remote:w', { local: none, remote: { reads: false, writes: true } }],
    ['local:wr, remote:', { local: both, remote: none }],
    ['off', { local: none, remote: none }],
  ])('%s', (text, mode) => expect(parseMode(text)).toEqual(mode));

  test.each(['', 'local', 'local:x', 'local:rw,local:r', 'disk:rw', 'local:rrw'])('fails for %p', (text) => {
    const rule = "mode must be such as 'local:rw,remote:r', each tier once with r, w, both or nothing, or 'off'";
    expect(() => parseMode(text)).toThrow(`${rule}, got '${text}'`);
  });
});

describe('settings', () => {
  test('without anything, a folder of this computer', () => {
    const { mode, scope, namespace, bucket, readScopes, folder } = settingsOf({ env: {} });
    expect({ mode, scope, namespace, bucket, readScopes }).toEqual({
      mode: parseMode('local:rw'), scope: 'main', namespace: 'default', bucket: undefined, readScopes: [],
    });
    expect(folder).toBe(`${process.cwd()}/.cache-tiers/tasks`);
  });

  test('in a Lambda function, below the folder for temporary files', () => {
    expect(settingsOf({ env: { AWS_LAMBDA_FUNCTION_NAME: 'fn' } }).folder).toBe(join(tmpdir(), '.cache-tiers/tasks'));
  });

  test('with a bucket, both tiers', () => {
    expect(settingsOf({ env: { TASK_CACHE_BUCKET: 'b' } }).mode).toEqual(parseMode('local:rw,remote:rw'));
  });

  test('options go before the environment; the own scope is not read twice', () => {
    const env = {
      TASK_CACHE_BUCKET: 'env', TASK_CACHE_SCOPE: 'pull-request', TASK_CACHE_READ_SCOPES: 'main, pull-request,,base', TASK_CACHE_MODE: 'remote:r',
      TASK_CACHE_NAMESPACE: 'env', TASK_CACHE_METRICS: 'emf',
    };
    expect(settingsOf({ env, bucket: 'own', namespace: 'mine' })).toMatchObject({
      bucket: 'own', namespace: 'mine', scope: 'pull-request', readScopes: ['main', 'base'], mode: parseMode('remote:r'), emf: true,
    });
  });

  test.each([
    [{ mode: 'remote:rw' }, /mode asks for the remote tier, got 'remote:rw', and no bucket is named: set bucket or TASK_CACHE_BUCKET/],
    [{ scope: 'a/b' }, /scope \(or TASK_CACHE_SCOPE\) must be 1 to 63 letters, digits, _ or -, got 'a\/b'/],
    [{ readScopes: ['..'] }, /readScopes \(or TASK_CACHE_READ_SCOPES\) must be .*, got '..'/],
    [{ namespace: '' }, /namespace \(or TASK_CACHE_NAMESPACE\) must be .*, got ''/],
    [{ env: { TASK_CACHE_METRICS: 'stdout' } }, /metrics \(or TASK_CACHE_METRICS\) must be 'emf' or left out, got 'stdout'/],
    [{ timeout: 0 }, /timeout must be longer than nothing, got 0/],
  ])('fails for %p', (options, message) => expect(() => settingsOf({ env: {}, ...options })).toThrow(message));
});

test('git does not see the folder of the local tier', () => {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  try {
    execFileSync('git', ['init', '-q', project]);
    const storage = TaskStorage.open({ env: {}, folder: join(project, '.cache-tiers/tasks') });
    expect(readFileSync(join(storage.settings.folder, '.gitignore'), 'utf8')).toBe('*\n');
    expect(execFileSync('git', ['-C', project, 'status', '--short'], { encoding: 'utf8' })).toBe('');
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
