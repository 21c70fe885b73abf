import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { Emulator } from './emulator';

/* Ink draws on what it takes for a terminal, in a process of its own; what was sent is read as a terminal would. */

jest.setTimeout(60_000); // a process each, on a machine that may be busy

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'browse-'));
  buildSync({
    entryPoints: { harness: join(__dirname, 'harness.ts') }, outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, splitting: true,
    format: 'esm', platform: 'node', target: 'node20', mainFields: ['module', 'main'], external: ['react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const opened: Terminal[] = [];
afterEach(() => { for (const terminal of opened.splice(0)) terminal.child.kill('SIGKILL'); });

class Terminal {
  readonly emulator: Emulator;
  readonly child: ChildProcess;
  readonly closed: Promise<unknown[]>;
  readonly raw: boolean[] = [];
  stderr = '';

  constructor(options: { columns?: number; rows?: number; many?: number; crash?: boolean; colors?: boolean } = {}, env: Record<string, string> = {}) {
    const { columns = 80, rows = 24, colors = true } = options;
    this.emulator = new Emulator(rows);
    this.child = spawn(process.execPath, [join(folder, 'harness.mjs'), JSON.stringify({ ...options, columns, rows, colors })], {
      env: { PATH: process.env.PATH, FORCE_COLOR: '1', LANG: 'C.UTF-8', ...env }, stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => this.emulator.write(text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.stderr += text; });
    this.child.on('message', ({ isRaw }: { isRaw: boolean }) => this.raw.push(isRaw));
    this.closed = once(this.child, 'close');
    opened.push(this);
  }

  press(keys: string): void {
    this.child.stdin!.write(keys);
  }

  /** Until something is on the screen; the test's own time limit ends it. */
  async until(isSo: (emulator: Emulator) => boolean): Promise<void> {
    while (!isSo(this.emulator)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it has ended: ${this.stderr}\n${this.emulator.text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  shows(text: string): Promise<void> {
    return this.until(({ text: all }) => all.includes(text));
  }
}

const DOWN = '\x1b[B';
const RIGHT = '\x1b[C';

test('shows tree and value in 80×24, and gives the terminal back', async () => {
  const terminal = new Terminal();
  await terminal.shows('▸ app/ 3');
  expect([terminal.emulator.isAlternate, terminal.emulator.hasCursor]).toEqual([true, false]);
  terminal.press(`${RIGHT}${RIGHT}${RIGHT}${RIGHT}`);
  await terminal.shows('›      password');
  terminal.press('\r');
  await terminal.shows('••••••••');
  expect(terminal.emulator.text).not.toContain('value of');
  expect(terminal.emulator.lines).toMatchSnapshot();
  terminal.press('v');
  await terminal.shows('value of /app/db/password');
  terminal.press('Cc');
  await terminal.until(({ copied }) => copied.length === 2);
  expect(terminal.emulator.copied).toEqual(['value of /app/db/password', '/app/db/password']);
  terminal.press('q');
  expect(await terminal.closed).toEqual([0, null]);
  const { isAlternate, hasCursor, unknown } = terminal.emulator;
  expect({ isAlternate, hasCursor, unknown, stderr: terminal.stderr, raw: terminal.raw.at(-1) })
    .toEqual({ isAlternate: false, hasCursor: true, unknown: [], stderr: '', raw: false });
});

test.each([['Ctrl-C', '\x03', 0], ['a signal', undefined, 1]] as const)('%s gives the terminal back', async (_, keys, code) => {
  const terminal = new Terminal();
  await terminal.shows('▸ app/');
  if (keys === undefined) terminal.child.kill('SIGTERM');
  else terminal.press(keys);
  expect(await terminal.closed).toEqual([code, null]);
  expect([terminal.emulator.isAlternate, terminal.emulator.hasCursor, terminal.raw.at(-1)]).toEqual([false, true, false]);
});

test('an error of its own gives the terminal back too', async () => {
  const terminal = new Terminal({ crash: true });
  await terminal.shows('▸ app/');
  terminal.press('/x');
  expect(await terminal.closed).toEqual([expect.any(Number), null]);
  expect([terminal.emulator.isAlternate, terminal.emulator.hasCursor]).toEqual([false, true]);
  expect(terminal.stderr).toContain('it broke');
});

test('follows the size, and says when it is too small', async () => {
  const terminal = new Terminal();
  await terminal.shows('▸ app/');
  const resize = (columns: number, rows: number) => {
    terminal.emulator.rows = rows;
    terminal.child.send({ columns, rows });
  };
  resize(39, 9);
  await terminal.shows('39×9, not 40×10');
  expect(terminal.emulator.text).not.toContain('app');
  resize(100, 30);
  await terminal.until(({ lines }) => lines[29].includes('move'));
  expect(terminal.emulator.lines[0]).toHaveLength(99);
  resize(40, 10);
  await terminal.until(({ lines }) => lines[9].includes('move'));
  expect(terminal.emulator.lines.every((line) => line.length <= 40)).toBe(true);
});

test('without colours there are none, and the row is marked', async () => {
  const plain = new Terminal({ colors: false });
  await plain.shows('›▸ app/');
  expect([...plain.emulator.styles].filter((style) => /^(3[0-8]|4[0-8]|9\d)/.test(style))).toEqual([]);
  const colored = new Terminal();
  await colored.shows('›▸ app/');
  colored.press(DOWN);
  await colored.shows('›  log');
  expect([...colored.emulator.styles]).toContain('36');
});

test('a terminal that is not UTF-8 gets plain signs', async () => {
  const terminal = new Terminal({}, { LANG: 'C' });
  await terminal.shows('>+ app/');
});

test('a hundred thousand names: searched while typed, and gone through', async () => {
  const terminal = new Terminal({ many: 100_000 });
  await terminal.shows('100,000 parameters');
  terminal.press('/name-99999');
  await terminal.shows('1 match');
  terminal.press('\r');
  await terminal.shows('›      name-99999');
  terminal.press('\x1b[H');
  await terminal.shows('›▸ service-0');
  terminal.press(DOWN.repeat(9));
  await terminal.shows('›▾ service-9');
});

test('works where CI is set, or a variable that Ink knows', async () => {
  const terminal = new Terminal({}, { CI: 'true', DEV: 'false' });
  await terminal.shows('▸ app/');
  terminal.press('q');
  await terminal.closed;
  expect(terminal.stderr).toBe('');
});
