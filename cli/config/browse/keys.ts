import type { Key as InkKey } from 'ink';
import type { Key } from './key.js';

/** The keys that Ink has read together. What is typed fast, or pasted, comes as one text. */
export function keysOf(input: string, key: Partial<InkKey>): Key[] {
  const special = specialOf(input, key);
  if (special !== undefined) return [special];
  if (key.ctrl || key.meta) return [];
  return [...input.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')].map((text) => ({ text }));
}

function specialOf(input: string, key: Partial<InkKey>): Key | undefined {
  if (key.ctrl) return input === 'c' ? 'ctrl-c' : input === 'u' ? 'ctrl-u' : input === 'n' ? 'down' : input === 'p' ? 'up' : undefined;
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageUp';
  if (key.pageDown) return 'pageDown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  if (key.backspace || key.delete) return 'backspace'; // terminals send either for the same key
  return undefined;
}
