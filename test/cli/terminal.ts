import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buildSync } from 'esbuild';
import type { Input, Io, Output } from '../../cli/context';

/** Bundled as it is for users: jest has no import() of its own. */
function load(): typeof import('../../cli/run') {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  const outfile = join(folder, 'run.js');
  const entry = join(__dirname, '../../cli/run.ts');
  try {
    buildSync({
      entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'],
      external: ['ink', '@napi-rs/keyring'], // ES modules that await at their top have no place in CommonJS
    });
    return jest.requireActual<typeof import('../../cli/run')>(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { run } = load();

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, parsed. */
  json<T>(): T;
}

export interface RunOptions {
  readonly env?: Io['env'];
  readonly signal?: AbortSignal;
  /** Keys pressed once something is asked; makes it a terminal. */
  readonly keys?: string;
  /** What is typed at each question in turn; makes it a terminal. */
  readonly answers?: readonly (readonly [question: RegExp, keys: string])[];
  /** What comes by standard input, where it is no terminal. */
  readonly stdin?: string;
}

class Recorder extends Writable {
  readonly _isStdio = true; // a prompt does not end it
  text = '';
  onText = () => {};

  constructor(readonly isTTY: boolean) {
    super();
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    this.onText();
    done();
  }
}

/** Runs a command line in this process, as at a terminal or away from one. */
export async function cli(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const answers = [...options.answers ?? (options.keys === undefined ? [] : [[/\?.*\(y\/N\)/, options.keys] as const])];
  const isTerminal = answers.length > 0;
  const stdout = new Recorder(false);
  const stderr = new Recorder(isTerminal);
  const keyboard = new PassThrough();
  const piped = Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]);
  const stdin: Input = isTerminal ? Object.assign(keyboard, { isTTY: true }) : piped;
  let read = 0;
  stderr.onText = () => {
    const [question, keys] = answers[0] ?? [];
    if (question === undefined || !question.test(stderr.text.slice(read))) return;
    answers.shift();
    read = stderr.text.length;
    setImmediate(() => keyboard.write(keys));
  };
  const io: Io = {
    stdin, stdout: stdout as Output, stderr: stderr as Output, env: options.env ?? {}, signal: options.signal ?? new AbortController().signal,
  };
  const code = await run(args, io);
  return { code, stdout: stdout.text, stderr: stderr.text, json: <T>() => JSON.parse(stdout.text) as T };
}
