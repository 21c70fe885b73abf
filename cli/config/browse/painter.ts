/*
 * The screen of a terminal, as a stream that whole frames are written to. Only lines that have changed are sent, each to its own place, and
 * together: so nothing scrolls or flickers, and a terminal's last line can be used.
 */
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { Output } from '../../context.js';

const ENTER = '\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l';
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?1049l';
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l']; // terminals that do not know these ignore them
/** Ink hides and shows the cursor by itself, which is ours to do. */
const CURSOR = /^\x1b\[\?25[hl]$/;

type Terminal = Output & { readonly rows?: number; readonly fd?: number };

/** What Ink takes for the terminal. */
export class Painter extends Writable {
  readonly isTTY = true;
  private painted: readonly string[] = [];
  private isOpen = false;
  /** Also when nobody has closed it: a terminal is never left without its cursor. */
  private readonly onExit = () => this.restore();

  constructor(private readonly terminal: Terminal) {
    super({ decodeStrings: false });
  }

  get columns(): number {
    return this.terminal.columns || 80;
  }

  get rows(): number {
    return this.terminal.rows || 24;
  }

  open(): void {
    this.isOpen = true;
    process.once('exit', this.onExit);
    this.terminal.write(ENTER);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.removeListener('exit', this.onExit);
    this.terminal.write(LEAVE);
  }

  /** After the size has changed nothing that is on the screen is where it was. */
  forget(): void {
    this.painted = [];
    if (this.isOpen) this.terminal.write('\x1b[0m\x1b[2J');
  }

  /** What is no frame: a copy to the clipboard. */
  send(sequence: string): void {
    this.terminal.write(sequence);
  }

  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    const frame = chunk.toString();
    if (CURSOR.test(frame)) return done();
    const lines = frame.split('\n').slice(0, this.rows);
    const changes = lines.map((line, i) => line === this.painted[i] ? '' : `\x1b[${i + 1};1H\x1b[0m\x1b[2K${line}`).join('');
    const gone = this.painted.length > lines.length ? `\x1b[${lines.length + 1};1H\x1b[J` : '';
    this.painted = lines;
    if (this.isOpen && changes + gone !== '') this.terminal.write(`${BEGIN}${changes}${gone}${END}`);
    done();
  }

  private restore(): void {
    this.isOpen = false;
    try {
      if (this.terminal.fd === undefined) this.terminal.write(LEAVE);
      else writeSync(this.terminal.fd, LEAVE); // a process that ends waits for no stream
    } catch { /* the terminal is gone */ }
  }
}
