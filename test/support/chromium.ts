import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** Debian's package, and its program. Nothing is downloaded from anywhere else. */
export const CHROMIUM_PROGRAMS = { chromium: ['chromium'] } as const;

/** Starts the Chromium of this machine, without a window. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = find('chromium') ?? find('google-chrome');
  if (!executablePath) {
    throw new Error('no chromium in PATH. On Debian and Ubuntu, as root: apt-get install --yes --no-install-recommends chromium');
  }
  // Its sandbox does not work for root, as whom containers run.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, headless: true, args: [...sandbox, '--disable-dev-shm-usage', ...args] });
}

function find(program: string): string | undefined {
  return (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, program)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
