/** What a terminal shows after it was sent bytes: as much of one as a whole-screen program needs. What it does not know is kept in `unknown`. */
export class Emulator {
  cells: string[][] = [];
  /** Whether the other screen is shown, and the cursor. */
  isAlternate = false;
  hasCursor = true;
  readonly unknown: string[] = [];
  /** What was given to the clipboard. */
  copied: string[] = [];
  /** How a line looks: sequences of colours and styles that were sent. */
  readonly styles = new Set<string>();
  private row = 0;
  private column = 0;

  constructor(public rows: number) {}

  get lines(): string[] {
    return Array.from({ length: this.rows }, (_, i) => (this.cells[i] ?? []).join('').trimEnd());
  }

  get text(): string {
    return this.lines.join('\n');
  }

  write(text: string): void {
    const parts = /\x1b\[([?\d;]*)([A-Za-z])|\x1b\]52;c;([^\x07]*)\x07|(\x1b[^]?|[\x00-\x09\x0b-\x1f\x7f])|(\n)|([^\x00-\x1f\x7f]+)/gu;
    for (const [all, given, command, copied, odd, newline, plain] of text.matchAll(parts)) {
      if (plain !== undefined) for (const character of plain) this.put(character);
      else if (copied !== undefined) this.copied.push(Buffer.from(copied, 'base64').toString());
      else if (newline !== undefined) [this.row, this.column] = [this.row + 1, 0];
      else if (odd !== undefined || !this.obey(command, given)) this.unknown.push(all);
    }
  }

  private put(character: string): void {
    (this.cells[this.row] ??= [])[this.column] = character;
    for (let i = 0; i < this.column; i += 1) this.cells[this.row][i] ??= ' ';
    this.column += 1;
  }

  private obey(command: string, given: string): boolean {
    const [first = NaN, second = NaN] = given.split(';').map((text) => (text === '' ? NaN : Number(text)));
    switch (`${given.startsWith('?') ? '?' : ''}${command}`) {
      case 'H': [this.row, this.column] = [(first || 1) - 1, (second || 1) - 1]; return true;
      case 'K': this.cells[this.row] = given === '2' ? [] : (this.cells[this.row] ?? []).slice(0, this.column); return true;
      case 'J': this.cells = given === '2' ? [] : this.cells.slice(0, this.row); return true;
      case 'm': if (given !== '0') this.styles.add(given); return true;
      case '?h': case '?l': return this.mode(given, command === 'h');
      default: return false;
    }
  }

  private mode(given: string, on: boolean): boolean {
    if (given === '?1049') this.isAlternate = on;
    else if (given === '?25') this.hasCursor = on;
    else if (given !== '?2026') return false; // synchronized output
    return true;
  }
}
