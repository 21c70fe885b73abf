/** What XML has no place for, and what turns the direction of text around. */
const UNFIT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/** A text for XML, as content or in an attribute. */
export function escaped(text: string): string {
  return text.toWellFormed().replace(UNFIT, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Cut where it is longer than so many characters. */
export function cut(text: string, length: number): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, Math.max(0, length - 1)).join('')}…` : text;
}

/** `950 ms`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A round time, without what is zero of it: `0`, `500 ms`, `2 s`, `1 min 30 s`, `3 h`. */
export function tickText(milliseconds: number): string {
  return milliseconds === 0 ? '0' : duration(milliseconds).replace(/\.0 s$/, ' s').replace(/ 0 (s|min)$/, '');
}
