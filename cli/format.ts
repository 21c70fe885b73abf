/** Names and keys come out of a table that others write to: nothing in them may reach the terminal as a command. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

const SPANS: readonly (readonly [number, string])[] = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's']];

/** `3 min`, `2.5 h`, `12 ms`. */
export function span(milliseconds: number): string {
  const [size, unit] = SPANS.find(([size]) => milliseconds >= size) ?? [1, 'ms'];
  const value = milliseconds / size;
  return `${value < 10 && size > 1 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;
}

export function ago(time: number, now: number): string {
  return time <= now ? `${span(now - time)} ago` : `in ${span(time - now)}`;
}

/** `1,234`. */
export function count(value: number, noun = ''): string {
  const digits = Math.round(value).toLocaleString('en-US');
  return noun === '' ? digits : `${digits} ${noun}${value === 1 ? '' : 's'}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1.2 MB`. */
export function bytes(value: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), UNITS.length - 1);
  const scaled = value / 1000 ** power;
  return `${power > 0 && scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${UNITS[power]}`;
}

/** Lines of names and what belongs to them. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, fact]) => `${name.padEnd(width)}  ${fact}`).join('\n');
}
