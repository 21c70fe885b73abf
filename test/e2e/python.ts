import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes';

const OLDEST = [3, 10]; // what aws-cdk-lib itself asks for
const ENV = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };

export interface Python {
  readonly version: string;
  /** Where it is installed. */
  readonly prefix: string;
}

/** The Python that makes virtual environments. Fails with what to install. */
export async function findPython(): Promise<Python> {
  const script = 'import importlib.util as u, json, sys; '
    + 'print(json.dumps([list(sys.version_info[:3]), [m for m in ("venv", "ensurepip") if u.find_spec(m) is None], sys.base_prefix]))';
  const printed = await run('python3', ['-c', script]).catch((error: Error) => {
    const [, ...why] = error.message.trim().split('\n');
    throw new Error([`no python3 that runs: install Python ${OLDEST.join('.')} or later`, ...why].join('\n'));
  });
  const [version, absent, prefix] = answer(printed);
  if (version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1])) {
    throw new Error(`python3 is ${version.join('.')}: Python ${OLDEST.join('.')} or later is needed`);
  }
  if (absent.length > 0) {
    throw new Error(`python3 ${version.join('.')} has no ${absent.join(' and no ')}, so no virtual environment with pip can be made:`
      + ' on Debian and Ubuntu, apt-get install python3-venv');
  }
  return { version: version.join('.'), prefix };
}

function answer(printed: string): [number[], string[], string] {
  try {
    return JSON.parse(printed) as [number[], string[], string];
  } catch (cause) {
    throw new Error(`python3 is no Python, for it answers ${JSON.stringify(printed.slice(0, 100))}`, { cause });
  }
}

/** The packages that a requirements file pins, as `name version` or `name version (if condition)`. */
export function pinned(requirements: string): string[] {
  return [...readFileSync(requirements, 'utf8').matchAll(/^([\w.-]+)==([^\s;]+)(?: ; (.*?))? (?:--hash|\\)/gm)]
    .map(([, name, version, where]) => where ? `${name} ${version} (if ${where})` : `${name} ${version}`);
}

export interface EnvironmentOptions {
  readonly python: Python;
  readonly folder: string;
  readonly requirements: string;
  readonly note: (line: string) => void;
}

/**
 * A virtual environment of exactly what a requirements file pins, by hash, so that what is installed tomorrow is what was today.
 * It is made once, and again when Python, the folder or the file is another.
 *
 * @returns the path of its Python
 */
export async function virtualEnvironment({ python, folder, requirements, note }: EnvironmentOptions): Promise<string> {
  const interpreter = join(folder, 'bin/python');
  const stamp = join(folder, 'made-of');
  const made = createHash('sha256').update(`${python.version} ${python.prefix}\n${folder}\n${readFileSync(requirements, 'utf8')}`).digest('hex');
  const packages = pinned(requirements);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) {
    note(`the virtual environment is there: ${packages.length} packages`);
    return interpreter;
  }
  note(`installs with pip, in ${folder}:`);
  for (let i = 0; i < packages.length; i += 6) note(`  ${packages.slice(i, i + 6).join(', ')}`);
  await run('python3', ['-m', 'venv', '--clear', folder], { env: ENV });
  const options = ['--quiet', '--require-hashes', '--only-binary=:all:', '--requirement', requirements];
  await run(interpreter, ['-m', 'pip', 'install', ...options], { env: ENV });
  writeFileSync(stamp, made);
  return interpreter;
}
