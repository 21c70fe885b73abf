// Programs of others that sync folders with a bucket. They are no packages of npm.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './prepare.mjs';

const AWSCLI = '1.46.3';
const VENV = join(import.meta.dirname, '..', 'out', `awscli-${AWSCLI}`);

/** Whether a program can be started. @returns the first line that it says of its version */
function versionOf(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0].trim() : undefined;
}

/**
 * Installs what is missing, or says what is to be installed.
 *
 * @returns {{ aws: string, s5cmd: boolean, versions: string[] }} path of `aws`; whether s5cmd is here
 * @throws if a peer that must be there cannot be had
 */
export function installTaskPeers() {
  if (versionOf('python3', '--version') === undefined) throw new Error('python3 is not here: it runs aws-cli and measures all programs. Install it');
  const aws = join(VENV, 'bin', 'aws');
  if (!existsSync(aws)) {
    run(`Installing aws-cli ${AWSCLI} (bench/out)`, 'python3', ['-m', 'venv', VENV]);
    run('  with pip', join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', `awscli==${AWSCLI}`]);
  }
  if (versionOf('rclone', 'version') === undefined) {
    if (process.getuid?.() !== 0) throw new Error('rclone is not here, and only root may install it: apt-get install rclone');
    run('Installing rclone (a package of Debian\'s)', 'apt-get', ['install', '--yes', '--no-install-recommends', 'rclone']);
  }
  const s5cmd = versionOf('s5cmd', 'version');
  const versions = [versionOf(aws, '--version'), versionOf('rclone', 'version'), s5cmd && `s5cmd ${s5cmd}`].filter(Boolean);
  return { aws, s5cmd: s5cmd !== undefined, versions };
}
