/*
 * How many cells of a terminal a text takes. What a terminal would not show by itself (control and format characters) is escaped before,
 * by printable(), so only wide and combining characters are left to be told apart.
 */

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\u115f-\u11ff\u200b]/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Cells of one character: 0, 1 or 2. */
function cellsOf(character: string): number {
  if (WIDE.test(character)) return 2;
  return WITHOUT_WIDTH.test(character) ? 0 : 1;
}

/** Cells of a text. */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += cellsOf(character);
  return sum;
}

/** The longest beginning of a text that fits. */
export function fitStart(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(width, 0));
  let [fitting, left] = ['', width];
  for (const character of text) {
    left -= cellsOf(character);
    if (left < 0) break;
    fitting += character;
  }
  return fitting;
}

/** The longest end of a text that fits. */
function fitEnd(text: string, width: number): string {
  if (PLAIN.test(text)) return width <= 0 ? '' : text.slice(-width);
  let [fitting, left] = ['', width];
  for (const character of [...text].reverse()) {
    left -= cellsOf(character);
    if (left < 0) break;
    fitting = character + fitting;
  }
  return fitting;
}

/** Names differ at their ends as often as at their beginnings: what is too long loses its middle. */
export function shorten(text: string, width: number, ellipsis = '…'): string {
  if (cells(text) <= width) return text;
  const room = width - cells(ellipsis);
  if (room <= 0) return fitStart(text, width);
  const end = fitEnd(text, Math.ceil(room / 2));
  return fitStart(text, room - cells(end)) + ellipsis + end;
}

/** A text of just so many cells: with spaces after it, or without what is too much. */
export function fill(text: string, width: number): string {
  const fitting = fitStart(text, width);
  return fitting + ' '.repeat(Math.max(width - cells(fitting), 0));
}

/** Lines of at most so many cells. A text that is empty is one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let rest = text; ;) {
    const line = fitStart(rest, width) || [...rest].slice(0, 1).join('');
    lines.push(line);
    rest = rest.slice(line.length);
    if (rest === '') return lines;
  }
}
