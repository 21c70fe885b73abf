import { cells } from './cells.js';
import type { Output } from './context.js';

/** Cells of a line at a terminal. A file or a pipe takes lines as they are. */
export function widthOf({ isTTY, columns }: Output): number {
  return isTTY ? columns || 80 : Infinity;
}

/** Lines that fit, parted between words. A word that is longer stays whole, so that it can be copied. @param indent of all lines but the first */
export function wrapped(text: string, width: number, indent = 0): string {
  if (cells(text) <= width) return text;
  const margin = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(margin.length).split(' ')) {
    const room = width - (lines.length === 0 ? margin.length : indent);
    if (line !== '' && cells(line) + 1 + cells(word) > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each, i) => (i === 0 ? margin : ' '.repeat(indent)) + each).join('\n');
}

/** An option or the like, and what it means: `  130  stopped by Ctrl-C`. */
const DEFINITION = /^( +\S.*? {2,})\S/;
/** A line that is there to be copied. */
const COMMAND = /cache-tiers /;

/** A help text: its paragraphs anew for the width, its examples as they are. */
export function wrappedHelp(text: string, width: number): string {
  const paragraphs = text.replace(/(?<=^|\n)(\S[^\n]*)\n(?=\S)/g, '$1 ');
  return paragraphs.split('\n').map((line) => COMMAND.test(line) && line.startsWith(' ') ? line
    : wrapped(line, width, DEFINITION.exec(line)?.[1]!.length ?? /^ */.exec(line)![0].length)).join('\n');
}
