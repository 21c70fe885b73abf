import { open } from 'node:fs/promises';
import { UsageError, type Io } from '../context.js';

/** Where a value comes from. */
export interface ValueOptions {
  readonly file?: string;
  readonly keepNewline?: boolean;
}

/** Parameter Store takes 8 KB; more is a wrong file. */
const MOST = 64 * 1024;

/**
 * The value to put: the argument, a file, standard input (`-`), or what is typed at a hidden prompt.
 *
 * @throws UsageError if there is none, or more than one
 */
export async function valueOf(given: string | undefined, { file, keepNewline }: ValueOptions, name: string, io: Io): Promise<string> {
  if (given !== undefined && file !== undefined) throw new UsageError('a value and --file are one too many: leave out one of them');
  if (file === '-' || given === '-') return withoutNewline(await textOf(io.stdin, 'standard input'), keepNewline);
  if (file !== undefined) return withoutNewline(await fileText(file), keepNewline);
  if (given !== undefined) return given;
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw new UsageError('a value is missing, and nobody can be asked here, as this is no terminal: pass it by --file, or - for standard input');
  }
  return hidden(`Value of ${name}`, io);
}

/** Asks for what is not shown. */
export async function hidden(message: string, io: Io): Promise<string> {
  const { default: password } = await import('@inquirer/password');
  return password({ message }, { input: io.stdin, output: io.stderr, signal: io.signal });
}

async function fileText(path: string): Promise<string> {
  let file;
  try {
    file = await open(path);
    return await textOf(file.createReadStream(), `--file '${path}'`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--file '${path}' cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'it is no file'}`);
  } finally {
    await file?.close().catch(() => {});
  }
}

async function textOf(stream: AsyncIterable<Buffer | string>, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    if ((size += bytes.length) > MOST) throw new UsageError(`${what} has more than ${MOST / 1024} KB: a parameter has 8 KB at most`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(`${what} is no text in UTF-8: a parameter holds text; encode it, as base64 say`);
  }
}

/** Editors and echo put a newline at the end that is rarely meant. */
function withoutNewline(text: string, keep = false): string {
  return keep ? text : text.replace(/\r?\n$/, '');
}
