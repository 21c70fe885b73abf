import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const REPOSITORY = path.join(__dirname, '../..');

export interface Fence {
  /** `docs/memo.md:12`, where it begins. */
  readonly place: string;
  readonly file: string;
  /** What is behind the opening marks, empty if nothing is. */
  readonly language: string;
  readonly code: string;
}

/** What a page refers to by a path, or by a path and an anchor. */
export interface Link {
  readonly place: string;
  readonly target: string;
}

/** Every file that git tracks, relative to the repository; not one that was deleted since. */
export const TRACKED: readonly string[] = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8' }).split('\0').slice(0, -1)
  .filter((file) => existsSync(path.join(REPOSITORY, file)));

/** Pages that people write. API.md is made of doc comments, which rosetta and api-sentences.test.ts look at. */
export const PAGES: readonly string[] = TRACKED.filter((file) => file.endsWith('.md') && file !== 'API.md');

export function textOf(file: string): string {
  return readFileSync(path.join(REPOSITORY, file), 'utf8');
}

const FENCE = /^( *)```([^\n`]*)\n(.*?)^\1```$/gms;

export function fencesOf(file: string, text = textOf(file)): Fence[] {
  return [...text.matchAll(FENCE)].map(({ 1: indent, 2: language, 3: code, index }) => ({
    place: `${file}:${lineAt(text, index)}`, file, language: language.trim(), code: code.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

export function fencesIn(language: string): Fence[] {
  return PAGES.flatMap((file) => fencesOf(file)).filter((fence) => fence.language === language);
}

/** Without what is in fences, and with as many lines. */
export function proseOf(text: string): string {
  return text.replace(FENCE, (fence) => fence.replace(/[^\n]+/g, ''));
}

/** What is in backticks within the prose. */
export function inlineCodeOf(file: string): { readonly place: string; readonly code: string }[] {
  const prose = proseOf(textOf(file));
  return [...prose.matchAll(/(`+)(.+?)\1(?!`)/gs)].map(({ 2: code, index }) => ({
    place: `${file}:${lineAt(prose, index)}`, code: code.trim().replace(/\s+/g, ' '),
  }));
}

/** Of links, pictures and definitions of links. */
export function linksOf(file: string, text = textOf(file)): Link[] {
  const prose = proseOf(text).replace(/(`+)(.+?)\1(?!`)/gs, (code) => code.replace(/[()[\]<>]/g, ' '));
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = prose.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)/gm);
  const written = prose.matchAll(/<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g);
  return [...inline, ...defined, ...written].map(({ 1: target, index }) => ({ place: `${file}:${lineAt(prose, index)}`, target }));
}

/** Anchors of a page as GitHub makes them of its headings, and those that it names itself. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a\s[^>]*?\bid="([^"]+)"/g)].map(([, name]) => name));
  const times = new Map<string, number>();
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const anchor = heading.replace(/<[^>]+>/g, '').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
